package main

import (
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"

	"context"
)

var discoveryCases = []namedCase{
	{"version", version},
	{"discovery", discover},
	{"openapi-v2", openAPIV2},
	{"openapi-v3", openAPIV3},
	{"rest-mapper", mapper},
	{"custom-resource", customResource},
	{"leader-election", leaderElection},
}

func version(e *env) error {
	got, err := e.client.Discovery().ServerVersion()
	if err != nil {
		return err
	}
	return want(got.Major == "1" && got.Minor != "", "%v", got)
}

func discover(e *env) error {
	groups, resources, err := e.client.Discovery().ServerGroupsAndResources()
	if err != nil {
		return err
	}
	preferred, err := discovery.ServerPreferredResources(e.client.Discovery())
	if err != nil {
		return err
	}
	found := false
	for _, list := range resources {
		for _, resource := range list.APIResources {
			found = found || (list.GroupVersion == "apps/v1" && resource.Name == "deployments" && resource.Namespaced && resource.ShortNames[0] == "deploy")
		}
	}
	return want(found && len(groups) > 10 && len(preferred) > 10, "%d groups", len(groups))
}

func openAPIV2(e *env) error {
	got, err := e.client.Discovery().OpenAPISchema()
	if err != nil {
		return err
	}
	for _, definition := range got.Definitions.AdditionalProperties {
		if definition.Name == "io.k8s.api.core.v1.Pod" {
			return nil
		}
	}
	return fmt.Errorf("no Pod among %d definitions", len(got.Definitions.AdditionalProperties))
}

func openAPIV3(e *env) error {
	paths, err := e.client.Discovery().OpenAPIV3().Paths()
	if err != nil {
		return err
	}
	apps, ok := paths["apis/apps/v1"]
	if !ok {
		return fmt.Errorf("no apps/v1 among %d paths", len(paths))
	}
	text, err := apps.Schema("application/json")
	if err != nil {
		return err
	}
	return want(len(text) > 10000, "%d bytes", len(text))
}

func mapper(e *env) error {
	m := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(e.client.Discovery()))
	got, err := m.RESTMapping(schema.GroupKind{Group: "apps", Kind: "Deployment"})
	if err != nil {
		return err
	}
	return want(got.Resource.Resource == "deployments" && got.Scope.Name() == meta.RESTScopeNameNamespace, "%v", got)
}

func customResource(e *env) error {
	group := fmt.Sprintf("g%d.example.com", time.Now().UnixNano())
	crds := e.dynamic.Resource(schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"})
	crd := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": map[string]any{"name": "gadgets." + group},
		"spec": map[string]any{"group": group, "scope": "Namespaced", "names": map[string]any{"plural": "gadgets", "kind": "Gadget"},
			"versions": []any{map[string]any{"name": "v1", "served": true, "storage": true, "schema": map[string]any{"openAPIV3Schema": map[string]any{
				"type": "object", "properties": map[string]any{"spec": map[string]any{"type": "object", "properties": map[string]any{
					"size": map[string]any{"type": "integer", "default": int64(3)}}}}}}}}}}}
	if _, err := crds.Create(e, crd, metav1.CreateOptions{}); err != nil {
		return err
	}
	defer crds.Delete(context.Background(), "gadgets."+group, metav1.DeleteOptions{}) //nolint:errcheck // best effort
	gadgets := e.dynamic.Resource(schema.GroupVersionResource{Group: group, Version: "v1", Resource: "gadgets"}).Namespace(e.ns)
	gadget := &unstructured.Unstructured{Object: map[string]any{"apiVersion": group + "/v1", "kind": "Gadget", "metadata": map[string]any{"name": "a"},
		"spec": map[string]any{}}}
	for {
		got, err := gadgets.Create(e, gadget, metav1.CreateOptions{})
		if err == nil {
			size, _, _ := unstructured.NestedInt64(got.Object, "spec", "size")
			return want(size == 3, "%v", got)
		}
		if !apierrors.IsNotFound(err) || e.Err() != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func leaderElection(e *env) error {
	ctx, cancel := context.WithCancel(e)
	defer cancel()
	led := make(chan struct{})
	lock := &resourcelock.LeaseLock{LeaseMeta: metav1.ObjectMeta{Name: "lock", Namespace: e.ns}, Client: e.client.CoordinationV1(),
		LockConfig: resourcelock.ResourceLockConfig{Identity: "me"}}
	// A leader that cannot renew in time gives the lease back, so there is more time than a case has.
	go leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{Lock: lock, ReleaseOnCancel: true, LeaseDuration: 2 * caseTimeout,
		RenewDeadline: caseTimeout, RetryPeriod: 500 * time.Millisecond,
		Callbacks: leaderelection.LeaderCallbacks{OnStartedLeading: func(context.Context) { close(led) }, OnStoppedLeading: func() {}}})
	select {
	case <-led:
		lease, err := e.client.CoordinationV1().Leases(e.ns).Get(e, "lock", metav1.GetOptions{})
		if err != nil {
			return err
		}
		return want(*lease.Spec.HolderIdentity == "me", "%v", lease.Spec)
	case <-e.Done():
		return e.Err()
	}
}
