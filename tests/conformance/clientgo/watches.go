package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
)

var watchCases = []namedCase{
	{"watch", watchChanges},
	{"watch-list", watchList},
	{"watch-bookmarks", watchBookmarks},
	{"watch-too-old", watchTooOld},
	{"retry-watcher", retryWatcher},
	{"until-with-sync", untilWithSync},
	{"informer", informer},
	{"informer-without-watch-list", informerWithLists},
	{"informer-many-objects", informerOfMany},
	{"metadata-informer", metadataInformer},
}

// ours leaves out what controllers make in each namespace.
const ours = "metadata.name!=kube-root-ca.crt"

var errEnded = errors.New("the watch ended")

// next reads one event.
func (e *env) next(w watch.Interface) (watch.Event, error) {
	select {
	case event, open := <-w.ResultChan():
		if !open {
			return event, errEnded
		}
		return event, nil
	case <-e.Done():
		return watch.Event{}, e.Err()
	}
}

func nameOf(event watch.Event) string {
	if object, ok := event.Object.(metav1.Object); ok {
		return object.GetName()
	}
	return ""
}

// change makes, changes and deletes one ConfigMap.
func (e *env) change(name string) error {
	made, err := e.makeConfigMap(name, "1")
	if err != nil {
		return err
	}
	made.Data["k"] = "2"
	if _, err := e.client.CoreV1().ConfigMaps(e.ns).Update(e, made, metav1.UpdateOptions{}); err != nil {
		return err
	}
	return e.client.CoreV1().ConfigMaps(e.ns).Delete(e, name, metav1.DeleteOptions{})
}

func (e *env) expect(w watch.Interface, events ...string) error {
	for _, wanted := range events {
		event, err := e.next(w)
		if err != nil {
			return fmt.Errorf("%s: %w", wanted, err)
		}
		if got := fmt.Sprintf("%s %s", event.Type, nameOf(event)); got != wanted {
			return fmt.Errorf("%s instead of %s", got, wanted)
		}
	}
	return nil
}

func watchChanges(e *env) error {
	list, err := e.client.CoreV1().ConfigMaps(e.ns).List(e, metav1.ListOptions{})
	if err != nil {
		return err
	}
	w, err := e.client.CoreV1().ConfigMaps(e.ns).Watch(e, metav1.ListOptions{ResourceVersion: list.ResourceVersion, FieldSelector: ours})
	if err != nil {
		return err
	}
	defer w.Stop()
	if err := e.change("a"); err != nil {
		return err
	}
	return e.expect(w, "ADDED a", "MODIFIED a", "DELETED a")
}

func watchList(e *env) error {
	if _, err := e.makeConfigMap("a", "1"); err != nil {
		return err
	}
	yes := true
	w, err := e.client.CoreV1().ConfigMaps(e.ns).Watch(e, metav1.ListOptions{SendInitialEvents: &yes, FieldSelector: ours,
		ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan, AllowWatchBookmarks: true})
	if err != nil {
		return err
	}
	defer w.Stop()
	if err := e.expect(w, "ADDED a"); err != nil {
		return err
	}
	event, err := e.next(w)
	if err != nil {
		return err
	}
	object := event.Object.(*corev1.ConfigMap)
	return want(event.Type == watch.Bookmark && object.Annotations[metav1.InitialEventsAnnotationKey] == "true" && object.ResourceVersion != "", "%v", event)
}

// watchBookmarks asks again when the server was late: it sends a bookmark in the last two seconds of a watch, if it finds the time.
func watchBookmarks(e *env) error {
	if _, err := e.makeConfigMap("a", "1"); err != nil {
		return err
	}
	var err error
	for i := range 5 {
		if err = e.bookmark(fmt.Sprintf("unseen-%d", i)); !errors.Is(err, errEnded) {
			break
		}
	}
	return err
}

// bookmark gets one, when something has happened that the watch does not see.
func (e *env) bookmark(unseen string) error {
	seconds := int64(4)
	w, err := e.client.CoreV1().ConfigMaps(e.ns).Watch(e, metav1.ListOptions{FieldSelector: "metadata.name=a", AllowWatchBookmarks: true,
		TimeoutSeconds: &seconds})
	if err != nil {
		return err
	}
	defer w.Stop()
	if err := e.expect(w, "ADDED a"); err != nil {
		return err
	}
	if _, err := e.makeConfigMap(unseen, "1"); err != nil {
		return err
	}
	return e.expect(w, "BOOKMARK ")
}

func watchTooOld(e *env) error {
	if err := e.change("a"); err != nil {
		return err
	}
	w, err := e.client.CoreV1().ConfigMaps(e.ns).Watch(e, metav1.ListOptions{ResourceVersion: "1"})
	if err != nil {
		return want(apierrors.IsResourceExpired(err) || apierrors.IsGone(err), "%v", err)
	}
	defer w.Stop()
	event, err := e.next(w)
	if err != nil {
		return err
	}
	// A server that still has all of its history may well answer.
	return want(event.Type == watch.Added || apierrors.IsResourceExpired(apierrors.FromObject(event.Object)), "%v", event)
}

func (e *env) listWatch() *cache.ListWatch {
	return cache.NewListWatchFromClient(e.client.CoreV1().RESTClient(), "configmaps", e.ns, fields.ParseSelectorOrDie(ours))
}

func retryWatcher(e *env) error {
	list, err := e.client.CoreV1().ConfigMaps(e.ns).List(e, metav1.ListOptions{})
	if err != nil {
		return err
	}
	w, err := watchtools.NewRetryWatcherWithContext(e, list.ResourceVersion, e.listWatch())
	if err != nil {
		return err
	}
	defer w.Stop()
	if err := e.change("a"); err != nil {
		return err
	}
	return e.expect(w, "ADDED a", "MODIFIED a", "DELETED a")
}

func untilWithSync(e *env) error {
	go func() {
		time.Sleep(200 * time.Millisecond)
		e.makeConfigMap("late", "1") //nolint:errcheck // the case waits in vain then
	}()
	event, err := watchtools.UntilWithSync(e, e.listWatch(), &corev1.ConfigMap{}, nil, func(event watch.Event) (bool, error) {
		return event.Type == watch.Added && nameOf(event) == "late", nil
	})
	if err != nil {
		return err
	}
	return want(nameOf(*event) == "late", "%v", event)
}

// record keeps what an informer's handler is told.
type record struct {
	sync.Mutex
	events []string
}

func (r *record) add(format string, arguments ...any) {
	r.Lock()
	defer r.Unlock()
	r.events = append(r.events, fmt.Sprintf(format, arguments...))
}

func (r *record) text() string {
	r.Lock()
	defer r.Unlock()
	return strings.Join(r.events, ", ")
}

func (r *record) handler() cache.ResourceEventHandlerFuncs {
	name := func(object any) string {
		if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
			return gone.Key
		}
		return object.(metav1.Object).GetName()
	}
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { r.add("add %s", name(object)) },
		UpdateFunc: func(_, object any) { r.add("update %s", name(object)) },
		DeleteFunc: func(object any) { r.add("delete %s", name(object)) },
	}
}

func (e *env) waitFor(r *record, wanted string) error {
	for r.text() != wanted && e.Err() == nil {
		time.Sleep(20 * time.Millisecond)
	}
	return want(r.text() == wanted, "%s instead of %s", r.text(), wanted)
}

func (e *env) factory() informers.SharedInformerFactory {
	return informers.NewSharedInformerFactoryWithOptions(e.client, 0, informers.WithNamespace(e.ns),
		informers.WithTweakListOptions(func(options *metav1.ListOptions) { options.FieldSelector = ours }))
}

func informer(e *env) error {
	if _, err := e.makeConfigMap("old", "1"); err != nil {
		return err
	}
	factory, seen := e.factory(), &record{}
	maps := factory.Core().V1().ConfigMaps()
	if _, err := maps.Informer().AddEventHandler(seen.handler()); err != nil {
		return err
	}
	factory.Start(e.Done())
	for kind, synced := range factory.WaitForCacheSync(e.Done()) {
		if !synced {
			return fmt.Errorf("%v is not synced", kind)
		}
	}
	if err := e.change("new"); err != nil {
		return err
	}
	if err := e.waitFor(seen, "add old, add new, update new, delete new"); err != nil {
		return err
	}
	got, err := maps.Lister().ConfigMaps(e.ns).Get("old")
	if err != nil {
		return err
	}
	return want(got.Data["k"] == "1", "%v", got)
}

// plainListWatch is one that says that it does not know WatchList, so the informer lists first.
type plainListWatch struct{ *cache.ListWatch }

func (plainListWatch) IsWatchListSemanticsUnSupported() bool { return true }

func informerWithLists(e *env) error {
	if _, err := e.makeConfigMap("old", "1"); err != nil {
		return err
	}
	seen := &record{}
	shared := cache.NewSharedIndexInformer(plainListWatch{e.listWatch()}, &corev1.ConfigMap{}, 0, cache.Indexers{})
	if _, err := shared.AddEventHandler(seen.handler()); err != nil {
		return err
	}
	go shared.RunWithContext(e)
	if !cache.WaitForCacheSync(e.Done(), shared.HasSynced) {
		return fmt.Errorf("not synced")
	}
	if err := e.change("new"); err != nil {
		return err
	}
	return e.waitFor(seen, "add old, add new, update new, delete new")
}

func informerOfMany(e *env) error {
	for i := range 300 {
		if _, err := e.makeConfigMap(fmt.Sprintf("p-%03d", i), "1"); err != nil {
			return err
		}
	}
	factory := e.factory()
	store := factory.Core().V1().ConfigMaps().Informer().GetStore()
	factory.Start(e.Done())
	factory.WaitForCacheSync(e.Done())
	keys := store.ListKeys()
	slices.Sort(keys)
	return want(len(keys) == 300 && keys[299] == e.ns+"/p-299", "%d keys", len(keys))
}

func metadataInformer(e *env) error {
	if _, err := e.makeConfigMap("old", "1"); err != nil {
		return err
	}
	factory := metadatainformer.NewFilteredSharedInformerFactory(e.metadata, 0, e.ns, func(options *metav1.ListOptions) { options.FieldSelector = ours })
	lister := factory.ForResource(corev1.SchemeGroupVersion.WithResource("configmaps"))
	store := lister.Informer().GetStore()
	factory.Start(e.Done())
	factory.WaitForCacheSync(e.Done())
	items := store.List()
	if len(items) != 1 {
		return fmt.Errorf("%d items", len(items))
	}
	_, ok := items[0].(runtime.Object)
	return want(ok && items[0].(metav1.Object).GetName() == "old", "%v", items[0])
}
