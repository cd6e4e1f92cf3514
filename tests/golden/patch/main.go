// Writes cases.jsonl: what the Kubernetes Go libraries make of patches. Each line is one case; tests/unit/patch_golden.c replays them.
//
//	go run . > cases.jsonl
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
	"k8s.io/apimachinery/pkg/util/mergepatch"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

type raw = json.RawMessage

// testCase is one line. Op: apply, diff, three_way (strategic), merge_apply, merge_three_way, json_apply.
type testCase struct {
	Name      string `json:"name"`
	Op        string `json:"op"`
	Type      string `json:"type,omitempty"`
	Original  raw    `json:"original,omitempty"`
	Modified  raw    `json:"modified,omitempty"`
	Current   raw    `json:"current,omitempty"`
	Overwrite bool   `json:"overwrite,omitempty"`
	Patch     raw    `json:"patch,omitempty"`
	Result    raw    `json:"result,omitempty"`
	Error     string `json:"error,omitempty"`
	// What libkube gives instead, where it rightly differs: a JSON value, or a string that names an error code.
	Ours   raw    `json:"ours,omitempty"`
	Reason string `json:"reason,omitempty"`
}

var types = map[string]any{
	"Pod": corev1.Pod{}, "Service": corev1.Service{}, "Deployment": appsv1.Deployment{}, "ConfigMap": corev1.ConfigMap{},
	"Node": corev1.Node{}, "ServiceAccount": corev1.ServiceAccount{}, "ControllerRevision": appsv1.ControllerRevision{},
}

// run fills in what the Go libraries say; a panic of theirs is an error like any other.
func (c *testCase) run() {
	defer func() {
		if r := recover(); r != nil {
			c.Result, c.Error = nil, fmt.Sprint("panic: ", r)
		}
	}()
	var result []byte
	var err error
	switch c.Op {
	case "apply":
		result, err = strategicpatch.StrategicMergePatch(c.Original, c.Patch, types[c.Type])
	case "diff":
		var patch []byte
		patch, err = strategicpatch.CreateTwoWayMergePatch(c.Original, c.Modified, types[c.Type])
		if err == nil {
			c.Patch = patch
			result, err = strategicpatch.StrategicMergePatch(c.Original, patch, types[c.Type])
		}
	case "three_way":
		var patch []byte
		var meta strategicpatch.PatchMetaFromStruct
		meta, err = strategicpatch.NewPatchMetaFromStruct(types[c.Type])
		if err == nil {
			patch, err = strategicpatch.CreateThreeWayMergePatch(c.Original, c.Modified, c.Current, meta, c.Overwrite)
		}
		if err == nil {
			c.Patch = patch
			result, err = strategicpatch.StrategicMergePatch(c.Current, patch, types[c.Type])
		}
	case "merge_apply":
		result, err = jsonpatch.MergePatch(c.Original, c.Patch)
	case "merge_three_way":
		var patch []byte
		patch, err = jsonmergepatch.CreateThreeWayJSONMergePatch(c.Original, c.Modified, c.Current)
		if err == nil {
			c.Patch = patch
			result, err = jsonpatch.MergePatch(c.Current, patch)
		}
	case "json_apply":
		var patch jsonpatch.Patch
		patch, err = jsonpatch.DecodePatch(c.Patch)
		if err == nil {
			result, err = patch.Apply(c.Original)
		}
	default:
		err = fmt.Errorf("unknown op %s", c.Op)
	}
	switch {
	case mergepatch.IsConflict(err):
		c.Patch, c.Error = nil, "conflict"
	case err != nil && c.Error == "":
		c.Error = err.Error()
	case err == nil:
		c.Result = result
	}
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	cases := append(systematic(), random()...)
	seen := map[string]bool{}
	for i := range cases {
		c := &cases[i]
		if seen[c.Name] {
			panic("twice: " + c.Name)
		}
		seen[c.Name] = true
		// The order in which Go walks maps decides which of two errors comes first: a conflict is preferred.
		for try := 0; try < 30 && c.Result == nil && c.Error != "conflict"; try++ {
			c.run()
		}
		if d, ok := differences[c.Name]; ok {
			c.Ours, c.Reason = raw(d.ours), d.reason
		}
		if err := encoder.Encode(c); err != nil {
			panic(err)
		}
	}
}
