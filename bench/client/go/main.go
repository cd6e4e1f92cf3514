// The benchmark's peer on client-go, as it comes (protobuf), or with JSON. The commands and replies are those of ../peer.h.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/pager"
)

// The settling time of watches before their memory is looked at.
const idle = 2 * time.Second

func connect() (*kubernetes.Clientset, error) {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return nil, err
	}
	config.QPS = -1
	if os.Getenv("BENCH_VARIANT") == "json" {
		config.ContentType = runtime.ContentTypeJSON
		config.AcceptContentTypes = runtime.ContentTypeJSON
		config.DisableCompression = true
	}
	return kubernetes.NewForConfig(config)
}

func reply(values map[string]any) error {
	return json.NewEncoder(os.Stdout).Encode(values)
}

func cpuSeconds() float64 {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(used.Utime) + seconds(used.Stime)
}

// getrusage knows a maximum, too, but that is also of the process before it executed this program.
func peak() (int64, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(text), "VmHWM:")
	kilobytes, err := strconv.ParseInt(strings.Fields(after + " none")[0], 10, 64)
	return kilobytes * 1024, err
}

func resident() (int64, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	return pages * int64(os.Getpagesize()), err
}

// ---- get and create ----

type request func(ctx context.Context, worker, n int) error

func requests(client *kubernetes.Clientset, operation, ns, name string) (request, error) {
	switch operation {
	case "get-pod":
		return func(ctx context.Context, _, _ int) error {
			_, err := client.CoreV1().Pods(ns).Get(ctx, name, metav1.GetOptions{})
			return err
		}, nil
	case "get-config-map":
		return func(ctx context.Context, _, _ int) error {
			_, err := client.CoreV1().ConfigMaps(ns).Get(ctx, name, metav1.GetOptions{})
			return err
		}, nil
	case "create":
		return func(ctx context.Context, worker, n int) error {
			object := &corev1.ConfigMap{
				ObjectMeta: metav1.ObjectMeta{
					Name:   fmt.Sprintf("%s-%d-%d", name, worker, n),
					Labels: map[string]string{"app": "bench", "made-by": "bench"},
				},
				Data: map[string]string{"colour": "green", "greeting": "a small object with two values"},
			}
			_, err := client.CoreV1().ConfigMaps(ns).Create(ctx, object, metav1.CreateOptions{})
			return err
		}, nil
	}
	return nil, fmt.Errorf("no operation %s", operation)
}

// Each worker makes one request before the clock starts, so that its connection is there.
func load(once request, workers int, seconds float64) error {
	ctx := context.Background()
	latencies := make([][]int64, workers)
	failures := make([]error, workers)
	var ready, done sync.WaitGroup
	start := make(chan time.Time)
	ready.Add(workers)
	for worker := range workers {
		done.Go(func() {
			failures[worker] = once(ctx, worker, 0)
			ready.Done()
			end := <-start
			for n := 1; failures[worker] == nil && time.Now().Before(end); n++ {
				begun := time.Now()
				failures[worker] = once(ctx, worker, n)
				latencies[worker] = append(latencies[worker], time.Since(begun).Nanoseconds())
			}
		})
	}
	ready.Wait()
	cpuBefore := cpuSeconds()
	begun := time.Now()
	end := begun.Add(time.Duration(seconds * float64(time.Second)))
	for range workers {
		start <- end
	}
	done.Wait()
	took := time.Since(begun).Seconds()
	cpu := cpuSeconds() - cpuBefore
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	all := slices.Concat(latencies...)
	if len(all) == 0 {
		return fmt.Errorf("no request ended in time")
	}
	slices.Sort(all)
	at := func(share float64) float64 { return float64(all[int(share*float64(len(all)-1))]) / 1000 }
	return reply(map[string]any{
		"requests": len(all), "seconds": took, "cpu_seconds": cpu, "median_us": at(0.5), "p99_us": at(0.99),
	})
}

// ---- watches ----

func isSynced(event watch.Event) bool {
	object, ok := event.Object.(*corev1.ConfigMap)
	return ok && event.Type == watch.Bookmark && object.Annotations[metav1.InitialEventsAnnotationKey] == "true"
}

// Reads a watch: counts down synced at the end of the initial state, and seen when the object of that name comes.
func follow(events <-chan watch.Event, name string, synced, seen *sync.WaitGroup) {
	for event := range events {
		if isSynced(event) {
			synced.Done()
		} else if object, ok := event.Object.(*corev1.ConfigMap); ok && object.Name == name {
			seen.Done()
			return
		}
	}
}

func watches(client *kubernetes.Clientset, count int, ns string) error {
	ctx := context.Background()
	maps := client.CoreV1().ConfigMaps(ns)
	if _, err := maps.List(ctx, metav1.ListOptions{Limit: 1}); err != nil {
		return err
	}
	before, err := resident()
	if err != nil {
		return err
	}
	name := fmt.Sprintf("seen-%d-%d", os.Getpid(), time.Now().UnixNano())
	initial := true
	options := metav1.ListOptions{
		AllowWatchBookmarks: true, SendInitialEvents: &initial, ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan,
	}
	var synced, seen sync.WaitGroup
	synced.Add(count)
	seen.Add(count)
	for range count {
		opened, err := maps.Watch(ctx, options)
		if err != nil {
			return err
		}
		go follow(opened.ResultChan(), name, &synced, &seen)
	}
	synced.Wait()
	time.Sleep(idle)
	after, err := resident()
	if err != nil {
		return err
	}
	if _, err := maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{}); err != nil {
		return err
	}
	seen.Wait()
	return reply(map[string]any{"watches": count, "before_bytes": before, "after_bytes": after})
}

// ---- lists ----

// Goes over all pods of a namespace once; returns how many there are.
type listing func(ctx context.Context, client *kubernetes.Clientset, ns string) (int, error)

func lists(client *kubernetes.Clientset, times int, ns string, once listing) error {
	ctx := context.Background()
	seconds := []float64{}
	items := 0
	for range times {
		begun := time.Now()
		found, err := once(ctx, client, ns)
		if err != nil {
			return err
		}
		seconds = append(seconds, time.Since(begun).Seconds())
		items = found
	}
	most, err := peak()
	if err != nil {
		return err
	}
	return reply(map[string]any{"items": items, "seconds": seconds, "cpu_seconds": cpuSeconds(), "peak_bytes": most})
}

func list(ctx context.Context, client *kubernetes.Clientset, ns string) (int, error) {
	pods, err := client.CoreV1().Pods(ns).List(ctx, metav1.ListOptions{})
	if err != nil {
		return 0, err
	}
	return len(pods.Items), nil
}

func each(ctx context.Context, client *kubernetes.Clientset, ns string) (int, error) {
	count := 0
	page := func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return client.CoreV1().Pods(ns).List(ctx, options)
	}
	err := pager.New(page).EachListItem(ctx, metav1.ListOptions{}, func(runtime.Object) error {
		count++
		return nil
	})
	return count, err
}

func run(arguments []string) error {
	if len(arguments) < 3 {
		return fmt.Errorf("usage: see bench/client/peer.h")
	}
	count, err := strconv.Atoi(arguments[1])
	if err != nil {
		return err
	}
	client, err := connect()
	if err != nil {
		return err
	}
	switch arguments[0] {
	case "watches":
		return watches(client, count, arguments[2])
	case "list":
		return lists(client, count, arguments[2], list)
	case "each":
		return lists(client, count, arguments[2], each)
	}
	if len(arguments) != 5 {
		return fmt.Errorf("usage: see bench/client/peer.h")
	}
	seconds, err := strconv.ParseFloat(arguments[2], 64)
	if err != nil {
		return err
	}
	once, err := requests(client, arguments[0], arguments[3], arguments[4])
	if err != nil {
		return err
	}
	return load(once, count, seconds)
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "client-go:", err)
		os.Exit(1)
	}
}
