// Drives an API server with client-go, to judge kube-testserver by a client that is not ours; against a real kube-apiserver the same checks
// hold. `clientgo KUBECONFIG`; the last line is `N passed, N failed`.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

const caseTimeout = 120 * time.Second

// env is what each case gets: clients, and a namespace of its own.
type env struct {
	context.Context
	config   *rest.Config
	client   kubernetes.Interface
	dynamic  dynamic.Interface
	metadata metadata.Interface
	ns       string
}

type namedCase struct {
	name string
	run  func(e *env) error
}

var cases = append(append(append([]namedCase{}, verbCases...), watchCases...), discoveryCases...)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: clientgo KUBECONFIG [CASE]")
		os.Exit(2)
	}
	silence()
	config, err := clientcmd.BuildConfigFromFlags("", os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "clientgo:", err)
		os.Exit(1)
	}
	config.ContentType = "application/json" // kube-testserver reads no protobuf
	config.QPS = -1
	passed, failed := 0, 0
	for i, c := range cases {
		if len(os.Args) > 2 && os.Args[2] != c.name {
			continue
		}
		if err := runCase(config, c, fmt.Sprintf("clientgo-%d-%d", os.Getpid(), i)); err != nil {
			fmt.Printf("failed: %s: %v\n", c.name, err)
			failed++
		} else {
			passed++
		}
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}

// silence keeps what client-go logs to itself.
func silence() {
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	for name, value := range map[string]string{"logtostderr": "false", "stderrthreshold": "FATAL"} {
		if err := flags.Set(name, value); err != nil {
			panic(err)
		}
	}
	klog.SetOutput(io.Discard)
}

func runCase(config *rest.Config, c namedCase, ns string) error {
	ctx, cancel := context.WithTimeout(context.Background(), caseTimeout)
	defer cancel()
	e := &env{Context: ctx, config: config, client: kubernetes.NewForConfigOrDie(config), dynamic: dynamic.NewForConfigOrDie(config),
		metadata: metadata.NewForConfigOrDie(config), ns: ns}
	made := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: ns}}
	if _, err := e.client.CoreV1().Namespaces().Create(ctx, made, metav1.CreateOptions{}); err != nil {
		return err
	}
	defer e.client.CoreV1().Namespaces().Delete(context.Background(), ns, metav1.DeleteOptions{}) //nolint:errcheck // best effort
	return c.run(e)
}

// want says what is not as it should be.
func want(holds bool, format string, arguments ...any) error {
	if holds {
		return nil
	}
	return fmt.Errorf(format, arguments...)
}
