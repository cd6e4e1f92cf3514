package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	appsapply "k8s.io/client-go/applyconfigurations/apps/v1"
	coreapply "k8s.io/client-go/applyconfigurations/core/v1"
	metaapply "k8s.io/client-go/applyconfigurations/meta/v1"
	"k8s.io/client-go/tools/pager"
	"k8s.io/client-go/util/retry"

	"context"
)

var verbCases = []namedCase{
	{"create-get", createGet},
	{"already-exists", alreadyExists},
	{"not-found", notFound},
	{"invalid", invalid},
	{"update-conflict", updateConflict},
	{"retry-on-conflict", retryOnConflict},
	{"patch", patch},
	{"apply", apply},
	{"apply-conflict", applyConflict},
	{"apply-deployment", applyDeployment},
	{"delete", deleteOne},
	{"delete-collection", deleteCollection},
	{"list-selectors", listSelectors},
	{"pager", pages},
	{"status", status},
	{"scale", scale},
	{"evict", evict},
	{"dry-run", dryRun},
	{"strict", strict},
	{"metadata-client", metadataClient},
	{"dynamic-client", dynamicClient},
	{"table", table},
}

func configMap(name, value string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: map[string]string{"k": value}}
}

func (e *env) makeConfigMap(name, value string) (*corev1.ConfigMap, error) {
	return e.client.CoreV1().ConfigMaps(e.ns).Create(e, configMap(name, value), metav1.CreateOptions{})
}

func deployment(name string) *appsv1.Deployment {
	labels, none := map[string]string{"app": name}, int32(0)
	return &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: appsv1.DeploymentSpec{
		Replicas: &none,
		Selector: &metav1.LabelSelector{MatchLabels: labels},
		Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: corev1.PodSpec{
			Containers: []corev1.Container{{Name: "app", Image: "example.com/app:1"}}}},
	}}
}

func (e *env) makePod(name string) (*corev1.Pod, error) {
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	if _, err := e.client.CoreV1().ServiceAccounts(e.ns).Create(e, account, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		return nil, err
	}
	no := false
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.PodSpec{AutomountServiceAccountToken: &no,
		Containers: []corev1.Container{{Name: "app", Image: "example.com/app:1"}}}}
	return e.client.CoreV1().Pods(e.ns).Create(e, pod, metav1.CreateOptions{})
}

func createGet(e *env) error {
	made, err := e.makeConfigMap("a", "1")
	if err != nil {
		return err
	}
	got, err := e.client.CoreV1().ConfigMaps(e.ns).Get(e, "a", metav1.GetOptions{})
	if err != nil {
		return err
	}
	return want(got.UID == made.UID && got.ResourceVersion == made.ResourceVersion && got.Data["k"] == "1", "got %v", got)
}

func alreadyExists(e *env) error {
	if _, err := e.makeConfigMap("a", "1"); err != nil {
		return err
	}
	_, err := e.makeConfigMap("a", "1")
	return want(apierrors.IsAlreadyExists(err), "%v", err)
}

func notFound(e *env) error {
	_, err := e.client.CoreV1().ConfigMaps(e.ns).Get(e, "a", metav1.GetOptions{})
	return want(apierrors.IsNotFound(err) && err.Error() == `configmaps "a" not found`, "%v", err)
}

func invalid(e *env) error {
	_, err := e.makeConfigMap("Not_A_Name", "1")
	return want(apierrors.IsInvalid(err) && apierrors.HasStatusCause(err, metav1.CauseTypeFieldValueInvalid), "%v", err)
}

func updateConflict(e *env) error {
	made, err := e.makeConfigMap("a", "1")
	if err != nil {
		return err
	}
	made.Data["k"] = "2"
	if _, err := e.client.CoreV1().ConfigMaps(e.ns).Update(e, made, metav1.UpdateOptions{}); err != nil {
		return err
	}
	made.Data["k"] = "3"
	_, err = e.client.CoreV1().ConfigMaps(e.ns).Update(e, made, metav1.UpdateOptions{})
	return want(apierrors.IsConflict(err), "%v", err)
}

func retryOnConflict(e *env) error {
	if _, err := e.makeConfigMap("a", "0"); err != nil {
		return err
	}
	tries := 0
	return errors.Join(retry.RetryOnConflict(retry.DefaultRetry, func() error {
		tries++
		got, err := e.client.CoreV1().ConfigMaps(e.ns).Get(e, "a", metav1.GetOptions{})
		if err != nil {
			return err
		}
		if tries < 3 {
			other := got.DeepCopy()
			other.Data["k"] = fmt.Sprint(tries)
			if _, err := e.client.CoreV1().ConfigMaps(e.ns).Update(e, other, metav1.UpdateOptions{}); err != nil {
				return err
			}
		}
		got.Data["mine"] = "yes"
		_, err = e.client.CoreV1().ConfigMaps(e.ns).Update(e, got, metav1.UpdateOptions{})
		return err
	}), want(tries == 3, "%d tries", tries))
}

func patch(e *env) error {
	if _, err := e.client.AppsV1().Deployments(e.ns).Create(e, deployment("a"), metav1.CreateOptions{}); err != nil {
		return err
	}
	for _, p := range []struct {
		kind types.PatchType
		text string
		test func(d *appsv1.Deployment) bool
	}{
		{types.JSONPatchType, `[{"op":"replace","path":"/spec/replicas","value":2}]`, func(d *appsv1.Deployment) bool { return *d.Spec.Replicas == 2 }},
		{types.MergePatchType, `{"spec":{"replicas":3}}`, func(d *appsv1.Deployment) bool { return *d.Spec.Replicas == 3 }},
		{types.StrategicMergePatchType, `{"spec":{"template":{"spec":{"containers":[{"name":"b","image":"b"}]}}}}`,
			func(d *appsv1.Deployment) bool { return len(d.Spec.Template.Spec.Containers) == 2 }},
	} {
		got, err := e.client.AppsV1().Deployments(e.ns).Patch(e, "a", p.kind, []byte(p.text), metav1.PatchOptions{})
		if err != nil {
			return err
		}
		if !p.test(got) {
			return fmt.Errorf("%s: %v", p.kind, got.Spec)
		}
	}
	return nil
}

func apply(e *env) error {
	wanted := coreapply.ConfigMap("a", e.ns).WithData(map[string]string{"k": "1", "gone": "1"})
	if _, err := e.client.CoreV1().ConfigMaps(e.ns).Apply(e, wanted, metav1.ApplyOptions{FieldManager: "one"}); err != nil {
		return err
	}
	wanted = coreapply.ConfigMap("a", e.ns).WithData(map[string]string{"k": "2"})
	got, err := e.client.CoreV1().ConfigMaps(e.ns).Apply(e, wanted, metav1.ApplyOptions{FieldManager: "one"})
	if err != nil {
		return err
	}
	extracted, err := coreapply.ExtractConfigMap(got, "one")
	if err != nil {
		return err
	}
	return want(len(got.Data) == 1 && got.Data["k"] == "2" && len(extracted.Data) == 1, "%v, extracted %v", got.Data, extracted.Data)
}

func applyConflict(e *env) error {
	for _, manager := range []string{"one", "two"} {
		wanted := coreapply.ConfigMap("a", e.ns).WithData(map[string]string{"k": manager})
		_, err := e.client.CoreV1().ConfigMaps(e.ns).Apply(e, wanted, metav1.ApplyOptions{FieldManager: manager})
		if manager == "one" {
			if err != nil {
				return err
			}
			continue
		}
		var status *apierrors.StatusError
		if !errors.As(err, &status) || !apierrors.IsConflict(err) {
			return fmt.Errorf("no conflict: %v", err)
		}
		causes := status.ErrStatus.Details.Causes
		if len(causes) != 1 || causes[0].Type != metav1.CauseTypeFieldManagerConflict || causes[0].Field != ".data.k" {
			return fmt.Errorf("causes: %v", causes)
		}
		if _, err := e.client.CoreV1().ConfigMaps(e.ns).Apply(e, wanted, metav1.ApplyOptions{FieldManager: manager, Force: true}); err != nil {
			return err
		}
	}
	return nil
}

func applyDeployment(e *env) error {
	labels := map[string]string{"app": "a"}
	container := func(name string) *appsapply.DeploymentApplyConfiguration {
		return appsapply.Deployment("a", e.ns).WithSpec(appsapply.DeploymentSpec().WithSelector(metaapply.LabelSelector().WithMatchLabels(labels)).
			WithTemplate(coreapply.PodTemplateSpec().WithLabels(labels).WithSpec(coreapply.PodSpec().
				WithContainers(coreapply.Container().WithName(name).WithImage("example.com/" + name)))))
	}
	var got *appsv1.Deployment
	for _, name := range []string{"one", "two"} {
		var err error
		if got, err = e.client.AppsV1().Deployments(e.ns).Apply(e, container(name), metav1.ApplyOptions{FieldManager: name}); err != nil {
			return err
		}
	}
	return want(len(got.Spec.Template.Spec.Containers) == 2, "%v", got.Spec.Template.Spec.Containers)
}

func deleteOne(e *env) error {
	made, err := e.makeConfigMap("a", "1")
	if err != nil {
		return err
	}
	wrong := types.UID("wrong")
	maps := e.client.CoreV1().ConfigMaps(e.ns)
	if err := maps.Delete(e, "a", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &wrong}}); !apierrors.IsConflict(err) {
		return fmt.Errorf("wrong uid: %v", err)
	}
	if err := maps.Delete(e, "a", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &made.UID}}); err != nil {
		return err
	}
	_, err = maps.Get(e, "a", metav1.GetOptions{})
	return want(apierrors.IsNotFound(err), "%v", err)
}

func (e *env) makeLabelled() error {
	for _, name := range []string{"a", "b", "c"} {
		made := configMap(name, name)
		made.Labels = map[string]string{"app": map[string]string{"a": "web", "b": "web", "c": "db"}[name]}
		if _, err := e.client.CoreV1().ConfigMaps(e.ns).Create(e, made, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	return nil
}

func deleteCollection(e *env) error {
	if err := e.makeLabelled(); err != nil {
		return err
	}
	maps := e.client.CoreV1().ConfigMaps(e.ns)
	if err := maps.DeleteCollection(e, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "app=web"}); err != nil {
		return err
	}
	list, err := maps.List(e, metav1.ListOptions{LabelSelector: "app"})
	if err != nil {
		return err
	}
	return want(len(list.Items) == 1 && list.Items[0].Name == "c", "%d left", len(list.Items))
}

func listSelectors(e *env) error {
	if err := e.makeLabelled(); err != nil {
		return err
	}
	for _, s := range []struct {
		options metav1.ListOptions
		names   string
	}{
		{metav1.ListOptions{LabelSelector: "app in (web,db)"}, "a b c"},
		{metav1.ListOptions{LabelSelector: "app!=web,app"}, "c"},
		{metav1.ListOptions{FieldSelector: "metadata.name=b"}, "b"},
		{metav1.ListOptions{LabelSelector: "app=web", FieldSelector: "metadata.name!=b"}, "a"},
	} {
		list, err := e.client.CoreV1().ConfigMaps(e.ns).List(e, s.options)
		if err != nil {
			return err
		}
		var names []string
		for _, item := range list.Items {
			names = append(names, item.Name)
		}
		if strings.Join(names, " ") != s.names {
			return fmt.Errorf("%v: %v", s.options, names)
		}
	}
	return nil
}

func pages(e *env) error {
	for i := range 25 {
		if _, err := e.makeConfigMap(fmt.Sprintf("p-%02d", i), "1"); err != nil {
			return err
		}
	}
	p := pager.New(func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return e.client.CoreV1().ConfigMaps(e.ns).List(ctx, options)
	})
	p.PageSize = 10
	var names []string
	err := p.EachListItem(e, metav1.ListOptions{FieldSelector: "metadata.name!=kube-root-ca.crt"}, func(object runtime.Object) error {
		names = append(names, object.(*corev1.ConfigMap).Name)
		return nil
	})
	if err != nil {
		return err
	}
	return want(len(names) == 25 && names[24] == "p-24", "%v", names)
}

func status(e *env) error {
	made, err := e.client.AppsV1().Deployments(e.ns).Create(e, deployment("a"), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	_ = made
	got, err := e.client.AppsV1().Deployments(e.ns).Patch(e, "a", types.MergePatchType,
		[]byte(`{"spec":{"replicas":9},"status":{"collisionCount":7}}`), metav1.PatchOptions{}, "status")
	if err != nil {
		return err
	}
	return want(*got.Spec.Replicas == 0 && got.Status.CollisionCount != nil && *got.Status.CollisionCount == 7, "%v", got.Status)
}

// scale writes again whenever the deployment's controller was faster, as whoever scales has to.
func scale(e *env) error {
	deployments := e.client.AppsV1().Deployments(e.ns)
	if _, err := deployments.Create(e, deployment("a"), metav1.CreateOptions{}); err != nil {
		return err
	}
	var got *autoscalingv1.Scale
	patience := retry.DefaultRetry
	patience.Steps = 50
	err := retry.RetryOnConflict(patience, func() error {
		read, err := deployments.GetScale(e, "a", metav1.GetOptions{})
		if err != nil {
			return err
		}
		read.Spec.Replicas = 2
		got, err = deployments.UpdateScale(e, "a", read, metav1.UpdateOptions{})
		return err
	})
	if err != nil {
		return err
	}
	return want(got.Spec.Replicas == 2 && got.Status.Selector == "app=a", "%v", got)
}

func evict(e *env) error {
	if _, err := e.makePod("a"); err != nil {
		return err
	}
	eviction := &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: "a", Namespace: e.ns}}
	if err := e.client.CoreV1().Pods(e.ns).EvictV1(e, eviction); err != nil {
		return err
	}
	var err error
	for err == nil && e.Err() == nil {
		_, err = e.client.CoreV1().Pods(e.ns).Get(e, "a", metav1.GetOptions{})
	}
	return want(apierrors.IsNotFound(err), "%v", err)
}

func dryRun(e *env) error {
	all := []string{metav1.DryRunAll}
	maps := e.client.CoreV1().ConfigMaps(e.ns)
	if _, err := maps.Create(e, configMap("a", "1"), metav1.CreateOptions{DryRun: all}); err != nil {
		return err
	}
	if _, err := maps.Get(e, "a", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		return fmt.Errorf("created: %v", err)
	}
	if _, err := e.makeConfigMap("a", "1"); err != nil {
		return err
	}
	if err := maps.Delete(e, "a", metav1.DeleteOptions{DryRun: all}); err != nil {
		return err
	}
	_, err := maps.Get(e, "a", metav1.GetOptions{})
	return err
}

func strict(e *env) error {
	body := `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"surplus":1}`
	err := e.client.CoreV1().RESTClient().Post().Namespace(e.ns).Resource("configmaps").Param("fieldValidation", "Strict").Body([]byte(body)).Do(e).Error()
	return want(apierrors.IsBadRequest(err) && strings.Contains(err.Error(), `unknown field "surplus"`), "%v", err)
}

func metadataClient(e *env) error {
	if err := e.makeLabelled(); err != nil {
		return err
	}
	list, err := e.metadata.Resource(corev1.SchemeGroupVersion.WithResource("configmaps")).Namespace(e.ns).List(e, metav1.ListOptions{LabelSelector: "app=db"})
	if err != nil {
		return err
	}
	return want(len(list.Items) == 1 && list.Items[0].Name == "c", "%v", list.Items)
}

func dynamicClient(e *env) error {
	if err := e.makeLabelled(); err != nil {
		return err
	}
	maps := e.dynamic.Resource(corev1.SchemeGroupVersion.WithResource("configmaps")).Namespace(e.ns)
	list, err := maps.List(e, metav1.ListOptions{LabelSelector: "app"})
	if err != nil {
		return err
	}
	if len(list.Items) != 3 || list.Items[0].GetKind() != "ConfigMap" {
		return fmt.Errorf("%v", list)
	}
	list.Items[0].Object["data"] = map[string]any{"k": "new"}
	got, err := maps.Update(e, &list.Items[0], metav1.UpdateOptions{})
	if err != nil {
		return err
	}
	return want(got.Object["data"].(map[string]any)["k"] == "new", "%v", got)
}

func table(e *env) error {
	if err := e.makeLabelled(); err != nil {
		return err
	}
	stream, err := e.client.CoreV1().RESTClient().Get().Namespace(e.ns).Resource("configmaps").Param("labelSelector", "app").
		SetHeader("Accept", "application/json;as=Table;g=meta.k8s.io;v=v1").Stream(e)
	if err != nil {
		return err
	}
	defer stream.Close()
	text, err := io.ReadAll(stream)
	if err != nil {
		return err
	}
	var got metav1.Table
	if err := json.Unmarshal(text, &got); err != nil {
		return err
	}
	return want(len(got.Rows) == 3 && got.ColumnDefinitions[0].Name == "Name" && got.Rows[2].Cells[0] == "c", "%s", text)
}
