// An OpenID provider for tests, of github.com/zitadel/oidc: logins through its login page, id-tokens that live for seconds, refresh tokens
// that can be used once.
//
//	provider ADDRESS CERTIFICATE KEY CALLBACK LIFETIME
//
// The issuer is https://ADDRESS; CALLBACK: where logins lead to; LIFETIME: of id-tokens, as Go writes durations. Its clients: "native", which
// has no secret, and "web", whose secret is in the environment variable WEB_SECRET.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

type store struct {
	*storage.Storage
	lifetime time.Duration
}

type client struct {
	op.Client
	lifetime time.Duration
}

func (s store) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	found, err := s.Storage.GetClientByClientID(ctx, id)
	if err != nil {
		return nil, err
	}
	return client{found, s.lifetime}, nil
}

func (s store) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, request op.IDTokenRequest, _ []string) error {
	info.Subject = request.GetSubject()
	info.AppendClaims("groups", []string{"testers"})
	return nil
}

func (c client) IDTokenLifetime() time.Duration { return c.lifetime }

func (c client) IDTokenUserinfoClaimsAssertion() bool { return true }

func run(address, certificate, key, callback, lifetime string) error {
	duration, err := time.ParseDuration(lifetime)
	if err != nil {
		return err
	}
	storage.RegisterClients(storage.NativeClient("native", callback), storage.WebClient("web", os.Getenv("WEB_SECRET"), callback))
	issuer := "https://" + address
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil))
	users := storage.NewUserStore(issuer)
	handler := exampleop.SetupServer(issuer, store{storage.NewStorage(users), duration}, logger, false)
	return http.ListenAndServeTLS(address, certificate, key, handler)
}

func main() {
	if len(os.Args) != 6 {
		fmt.Fprintln(os.Stderr, "usage: provider ADDRESS CERTIFICATE KEY CALLBACK LIFETIME")
		os.Exit(2)
	}
	fmt.Fprintln(os.Stderr, run(os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5]))
	os.Exit(1)
}
