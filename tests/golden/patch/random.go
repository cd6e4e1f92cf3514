package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
)

// random makes three versions of pods by edits with a fixed seed: the first is the one applied before, the second the one wanted, the third
// the one on the server.
func random() []testCase {
	r := rand.New(rand.NewSource(36))
	var cases []testCase
	for i := 0; i < 60; i++ {
		original := randomPod(r)
		modified := edited(r, original)
		current := edited(r, original)
		c := testCase{Type: "Pod", Original: encode(original), Modified: encode(modified)}
		c.Name, c.Op = fmt.Sprintf("diff/random/%d", i), "diff"
		cases = append(cases, c)
		c.Name, c.Op, c.Current, c.Overwrite = fmt.Sprintf("three_way/random/%d", i), "three_way", encode(current), i%3 != 0
		cases = append(cases, c)
	}
	return cases
}

type object = map[string]any

func encode(v any) raw {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// some is a list of up to n elements with distinct keys, in random order.
func some(r *rand.Rand, n int, element func(i int) any) []any {
	list := []any{}
	for _, i := range r.Perm(n) {
		if r.Intn(3) > 0 {
			list = append(list, element(i))
		}
	}
	return list
}

func randomContainer(r *rand.Rand, i int) object {
	c := object{"name": fmt.Sprintf("c%d", i), "image": fmt.Sprintf("image:%d", r.Intn(3))}
	if r.Intn(2) == 0 {
		c["env"] = some(r, 4, func(i int) any { return object{"name": fmt.Sprintf("E%d", i), "value": fmt.Sprint(r.Intn(3))} })
	}
	if r.Intn(2) == 0 {
		c["ports"] = some(r, 3, func(i int) any { return object{"containerPort": 80 + i, "name": fmt.Sprintf("p%d", r.Intn(2))} })
	}
	if r.Intn(3) == 0 {
		c["args"] = some(r, 3, func(i int) any { return fmt.Sprint(i) })
	}
	if r.Intn(3) == 0 {
		c["resources"] = object{"limits": object{"cpu": fmt.Sprint(1 + r.Intn(2))}}
	}
	return c
}

func randomVolume(r *rand.Rand, i int) object {
	v := object{"name": fmt.Sprintf("v%d", i)}
	switch r.Intn(3) {
	case 0:
		v["emptyDir"] = object{}
	case 1:
		v["hostPath"] = object{"path": fmt.Sprint("/", r.Intn(2))}
	default:
		v["configMap"] = object{"name": "m", "items": []any{object{"key": "k", "path": fmt.Sprint(r.Intn(2))}}}
	}
	return v
}

func randomPod(r *rand.Rand) object {
	spec := object{"containers": append(some(r, 4, func(i int) any { return randomContainer(r, i) }), randomContainer(r, 9))}
	if r.Intn(2) == 0 {
		spec["volumes"] = some(r, 3, func(i int) any { return randomVolume(r, i) })
	}
	if r.Intn(2) == 0 {
		spec["nodeSelector"] = object{"a": fmt.Sprint(r.Intn(2)), "b": fmt.Sprint(r.Intn(2))}
	}
	if r.Intn(2) == 0 {
		spec["tolerations"] = some(r, 2, func(i int) any { return object{"key": fmt.Sprint(i)} })
	}
	metadata := object{"name": "p", "labels": object{"x": fmt.Sprint(r.Intn(2))}}
	if r.Intn(2) == 0 {
		metadata["finalizers"] = some(r, 4, func(i int) any { return fmt.Sprintf("f%d", i) })
	}
	return object{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
}

// edited takes some of the parts of another pod.
func edited(r *rand.Rand, pod object) object {
	var result object
	if err := json.Unmarshal(encode(pod), &result); err != nil {
		panic(err)
	}
	other := randomPod(r)
	for _, part := range []string{"metadata", "spec"} {
		to, from := result[part].(object), other[part].(object)
		for _, key := range []string{"containers", "finalizers", "labels", "nodeSelector", "tolerations", "volumes"} {
			if r.Intn(2) == 0 {
				continue
			}
			if value, ok := from[key]; ok {
				to[key] = value
			} else if key != "containers" {
				delete(to, key)
			}
		}
	}
	return result
}
