// What client-go decodes and encodes objects with: the typed JSON and protobuf serializers of k8s.io/apimachinery on the types of k8s.io/api.
// The commands are those of ../harness.h; variants: "" (JSON), "protobuf" and "strict" (JSON, refusing unknown fields).
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	goruntime "runtime"
	"strconv"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kjson "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
)

const unknownKind = 3

type peer struct {
	kind       schema.GroupVersionKind
	scheme     *runtime.Scheme
	serializer runtime.Serializer
	wire       []byte // what is decoded: the input, or its protobuf form
	inputBytes int
	object     runtime.Object
	output     bytes.Buffer
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func newScheme() *runtime.Scheme {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, appsv1.AddToScheme, discoveryv1.AddToScheme, apiextensionsv1.AddToScheme} {
		check(add(scheme))
	}
	return scheme
}

func newPeer(path, kind, variant string) *peer {
	slash := strings.LastIndex(kind, "/")
	group, err := schema.ParseGroupVersion(kind[:max(slash, 0)])
	check(err)
	p := &peer{kind: group.WithKind(kind[slash+1:]), scheme: newScheme()}
	if !p.scheme.Recognizes(p.kind) {
		os.Exit(unknownKind)
	}
	p.wire, err = os.ReadFile(path)
	check(err)
	p.inputBytes = len(p.wire)
	options := kjson.SerializerOptions{Strict: variant == "strict"}
	p.serializer = kjson.NewSerializerWithOptions(kjson.DefaultMetaFactory, p.scheme, p.scheme, options)
	if variant == "protobuf" {
		p.useProtobuf()
	}
	return p
}

func (p *peer) useProtobuf() {
	p.decode()
	p.serializer = protobuf.NewSerializer(p.scheme, p.scheme)
	p.encode()
	p.wire = bytes.Clone(p.output.Bytes())
	p.object = nil
	p.output = bytes.Buffer{}
	goruntime.GC()
}

func (p *peer) decode() {
	object, err := p.scheme.New(p.kind)
	check(err)
	p.object, _, err = p.serializer.Decode(p.wire, nil, object)
	check(err)
}

func (p *peer) encode() {
	p.output.Reset()
	check(p.serializer.Encode(p.object, &p.output))
}

func sample(budget time.Duration, work func()) []float64 {
	var seconds []float64
	for end := time.Now().Add(budget); len(seconds) == 0 || time.Now().Before(end); {
		begin := time.Now()
		work()
		seconds = append(seconds, time.Since(begin).Seconds())
	}
	return seconds
}

// Two collections, because a sync.Pool keeps its content through one.
func liveBytes() uint64 {
	var stats goruntime.MemStats
	goruntime.GC()
	goruntime.GC()
	goruntime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// By how much the heap grows when an object is decoded once more.
func (p *peer) objectBytes() int64 {
	p.object = nil
	before := liveBytes()
	p.decode()
	return int64(liveBytes()) - int64(before)
}

func peakBytes() int64 {
	status, err := os.ReadFile("/proc/self/status")
	check(err)
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	check(err)
	return kib * 1024
}

func (p *peer) reply(value any) {
	check(json.NewEncoder(os.Stdout).Encode(value))
}

func (p *peer) end() {
	peak := peakBytes() // before objectBytes, which is no part of the work
	p.reply(map[string]int64{"object_bytes": p.objectBytes(), "input_bytes": int64(p.inputBytes), "peak_bytes": peak})
}

func (p *peer) obey(line string) {
	command, argument, _ := strings.Cut(line, " ")
	switch command {
	case "step":
		milliseconds, err := strconv.Atoi(argument)
		check(err)
		budget := time.Duration(milliseconds) * time.Millisecond
		p.reply(map[string][]float64{"decode": sample(budget, p.decode), "encode": sample(budget, p.encode)})
	case "write":
		if p.object == nil {
			p.decode()
		}
		p.encode()
		check(os.WriteFile(argument, p.output.Bytes(), 0o644))
		p.reply(struct{}{})
	default:
		check(fmt.Errorf("unknown command %q", line))
	}
}

func main() {
	arguments := append(os.Args[1:], "")
	if len(arguments) < 4 {
		fmt.Fprintln(os.Stderr, "usage: client-go FILE KIND cold|warm [VARIANT]")
		os.Exit(2)
	}
	p := newPeer(arguments[0], arguments[1], arguments[3])
	if arguments[2] == "warm" {
		p.decode()
		p.encode()
	}
	fmt.Println("ready")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() && lines.Text() != "end" {
		p.obey(lines.Text())
	}
	p.end()
}
