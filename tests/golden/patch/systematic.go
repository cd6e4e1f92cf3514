package main

import "fmt"

// wrap puts the inside of a spec (or another part) into a whole object of the type.
func wrap(kind, part string) string {
	switch kind {
	case "Pod":
		return `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":` + part + `}`
	case "Service":
		return `{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":` + part + `}`
	case "Deployment":
		return `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":` + part + `}`
	case "Meta":
		return `{"apiVersion":"v1","kind":"ConfigMap","metadata":` + part + `}`
	}
	return part
}

func unwrapped(kind string) string {
	if kind == "Meta" {
		return "ConfigMap"
	}
	return kind
}

// Pairs of versions: each is diffed both ways, and each way is a three-way patch with every version as the one on the server.
var versions = map[string][]string{
	"Pod": {
		`{"containers":[{"name":"a","image":"a:1"}]}`,
		`{"containers":[{"name":"a","image":"a:2"},{"name":"b","image":"b:1"}]}`,
		`{"containers":[{"name":"b","image":"b:1"},{"name":"a","image":"a:1"}],"nodeSelector":{"disk":"ssd"}}`,
		`{"containers":[{"name":"c","image":"c:1"},{"name":"a","image":"a:1","env":[{"name":"X","value":"1"},{"name":"Y","value":"2"}]}],"nodeSelector":{"disk":"hdd","zone":"a"}}`,
		`{"containers":[{"name":"a","image":"a:1","env":[{"name":"Y","value":"2"},{"name":"Z","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}],"ports":[{"containerPort":80},{"containerPort":443,"name":"tls"}]}],"tolerations":[{"key":"k","operator":"Exists"}]}`,
		`{"containers":[{"name":"a","args":["x","y"],"image":"a:1","ports":[{"containerPort":443,"name":"https"},{"containerPort":8080}],"volumeMounts":[{"mountPath":"/a","name":"v"}]}],"volumes":[{"name":"v","emptyDir":{}}],"tolerations":[{"key":"k2"},{"key":"k","operator":"Exists"}]}`,
		`{"containers":[{"name":"a","args":["y"],"image":"a:1","volumeMounts":[{"mountPath":"/b","name":"v"},{"mountPath":"/a","name":"w"}]}],"volumes":[{"name":"w","configMap":{"name":"c"}},{"name":"v","hostPath":{"path":"/x"}}],"imagePullSecrets":[{"name":"s"}]}`,
		`{"containers":[],"hostAliases":[{"ip":"10.0.0.1","hostnames":["x"]}],"terminationGracePeriodSeconds":0}`,
	},
	"Service": {
		`{"ports":[{"port":80,"name":"http"}]}`,
		`{"ports":[{"port":443,"name":"https"},{"port":80,"name":"http","targetPort":"web"}],"selector":{"app":"x"}}`,
		`{"ports":[{"port":80,"name":"http","targetPort":8080}],"selector":{"app":"y","tier":"z"},"externalIPs":["1.2.3.4","1.2.3.5"]}`,
		`{"externalIPs":["1.2.3.5"],"sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":5}}}`,
	},
	"Deployment": {
		`{"replicas":1,"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1,"maxUnavailable":"25%"}},"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}`,
		`{"replicas":3,"strategy":{"type":"Recreate"},"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b","c":"d"}},"spec":{"containers":[{"name":"c","image":"i2"}]}}}`,
		`{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":"10%"}},"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"initContainers":[{"name":"i","image":"i"}],"containers":[{"name":"c","image":"i"},{"name":"side","image":"s"}]}}}`,
		`{"paused":true,"selector":{"matchExpressions":[{"key":"a","operator":"In","values":["b","c"]}]},"template":{"metadata":{},"spec":{"containers":[{"name":"c","image":"i"}],"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule"}]}}}`,
	},
	"Meta": {
		`{"name":"m","finalizers":["a","b","c"]}`,
		`{"name":"m","finalizers":["c","d"],"labels":{"x":"1"}}`,
		`{"name":"m","finalizers":["d"],"labels":{"x":"2","y":"3"},"ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"u1"}]}`,
		`{"name":"m","labels":{},"ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"q","uid":"u2"},{"apiVersion":"v1","kind":"Pod","name":"p2","uid":"u1"}],"annotations":{"k":"v"}}`,
		`{"name":"m","finalizers":[],"annotations":{"k":"w"}}`,
	},
}

// Strategic patches written by hand, each on one original.
var directives = []struct{ name, kind, original, patch string }{
	{"map_replace", "Pod", `{"nodeSelector":{"a":"1","b":"2"}}`, `{"nodeSelector":{"$patch":"replace","c":"3"}}`},
	{"map_delete", "Pod", `{"nodeSelector":{"a":"1"}}`, `{"nodeSelector":{"$patch":"delete"}}`},
	{"map_bad_directive", "Pod", `{"nodeSelector":{"a":"1"}}`, `{"nodeSelector":{"$patch":"merge"}}`},
	{"map_directive_number", "Pod", `{"nodeSelector":{"a":"1"}}`, `{"nodeSelector":{"$patch":1}}`},
	{"map_replace_absent", "Pod", `{}`, `{"nodeSelector":{"$patch":"replace","c":"3"}}`},
	{"map_delete_absent", "Pod", `{}`, `{"nodeSelector":{"$patch":"delete"}}`},
	{"null_member", "Pod", `{"nodeSelector":{"a":"1","b":"2"}}`, `{"nodeSelector":{"a":null}}`},
	{"null_absent", "Pod", `{"hostname":"h"}`, `{"nodeSelector":null}`},
	{"null_nested_absent", "Pod", `{"hostname":"h"}`, `{"nodeSelector":{"a":null,"b":"2"}}`},
	{"null_list", "Pod", `{"containers":[{"name":"a"}]}`, `{"containers":null}`},
	{"type_change", "Pod", `{"hostname":"h"}`, `{"hostname":["x"]}`},
	{"scalar", "Pod", `{"hostname":"h","priority":1}`, `{"hostname":"i","priority":2}`},
	{"list_merge", "Pod", `{"containers":[{"name":"a","image":"1"},{"name":"b"}]}`, `{"containers":[{"name":"a","image":"2"}]}`},
	{"list_add", "Pod", `{"containers":[{"name":"a"}]}`, `{"containers":[{"name":"b","image":"x"}]}`},
	{"list_add_nulls", "Pod", `{"containers":[{"name":"a"}]}`, `{"containers":[{"name":"b","image":null}]}`},
	{"list_add_directive", "Pod", `{"containers":[{"name":"a"}]}`, `{"containers":[{"name":"b","$setElementOrder/env":[{"name":"x"}],"env":[{"name":"x"}]}]}`},
	{"list_delete", "Pod", `{"containers":[{"name":"a"},{"name":"b"}]}`, `{"containers":[{"name":"a","$patch":"delete"}]}`},
	{"list_delete_absent", "Pod", `{"containers":[{"name":"a"},{"name":"b"}]}`, `{"containers":[{"name":"x","$patch":"delete"}]}`},
	{"list_delete_no_key", "Pod", `{"containers":[{"name":"a"}]}`, `{"containers":[{"$patch":"delete"}]}`},
	{"list_delete_and_add", "Pod", `{"containers":[{"name":"a","image":"1"},{"name":"b"}]}`, `{"containers":[{"name":"a","$patch":"delete"},{"name":"a","command":["x"]}]}`},
	{"list_replace", "Pod", `{"containers":[{"name":"a"},{"name":"b"}]}`, `{"containers":[{"name":"c"},{"$patch":"replace"}]}`},
	{"list_replace_first", "Pod", `{"containers":[{"name":"a"},{"name":"b"}]}`, `{"containers":[{"$patch":"replace"},{"name":"c"},{"name":"b"}]}`},
	{"list_replace_empty", "Pod", `{"containers":[{"name":"a"},{"name":"b"}]}`, `{"containers":[{"$patch":"replace"}]}`},
	{"list_bad_directive", "Pod", `{"containers":[{"name":"a"}]}`, `{"containers":[{"name":"a","$patch":"merge"}]}`},
	{"list_odd_directive", "Pod", `{"containers":[{"name":"a"}]}`, `{"containers":[{"name":"a","$patch":"x"}]}`},
	{"list_no_key", "Pod", `{"containers":[{"name":"a"}]}`, `{"containers":[{"image":"a"}]}`},
	{"list_no_key_original", "Pod", `{"containers":[{"image":"a"}]}`, `{"containers":[{"name":"a"}]}`},
	{"list_mixed", "Pod", `{"containers":[{"name":"a"}]}`, `{"containers":["a"]}`},
	{"list_of_lists", "Pod", `{"containers":[["a"]]}`, `{"containers":[["b"]]}`},
	{"list_empty_patch", "Pod", `{"containers":[{"name":"a"}]}`, `{"containers":[]}`},
	{"list_empty_original", "Pod", `{"containers":[]}`, `{"containers":[{"name":"a"}]}`},
	{"list_both_empty", "Pod", `{"containers":[]}`, `{"containers":[]}`},
	{"list_absent", "Pod", `{}`, `{"containers":[{"name":"a","env":[{"name":"x","$patch":"delete"},{"name":"y"}]}]}`},
	{"list_absent_replace", "Pod", `{}`, `{"containers":[{"$patch":"replace"},{"name":"a"}]}`},
	{"list_atomic", "Pod", `{"tolerations":[{"key":"a"},{"key":"b"}]}`, `{"tolerations":[{"key":"c"}]}`},
	{"list_atomic_scalars", "Pod", `{"containers":[{"name":"a","args":["1","2"]}]}`, `{"containers":[{"name":"a","args":["3"]}]}`},
	{"list_order_patch_first", "Pod", `{"containers":[{"name":"a"},{"name":"b"},{"name":"c"}]}`, `{"containers":[{"name":"c","image":"x"},{"name":"n"},{"name":"a","image":"y"}]}`},
	{"list_key_number", "Pod", `{"containers":[{"name":"a","ports":[{"containerPort":80},{"containerPort":81}]}]}`, `{"containers":[{"name":"a","ports":[{"containerPort":81,"name":"x"},{"containerPort":80,"$patch":"delete"}]}]}`},
	{"list_key_twice_original", "Service", `{"ports":[{"port":53,"protocol":"UDP"},{"port":53,"protocol":"TCP"}]}`, `{"ports":[{"port":53,"nodePort":1}]}`},
	{"list_key_twice_patch", "Service", `{"ports":[{"port":80}]}`, `{"ports":[{"port":53,"protocol":"UDP"},{"port":53,"protocol":"TCP","name":"t"}]}`},
	{"order", "Pod", `{"containers":[{"name":"a"},{"name":"b"},{"name":"c"}]}`, `{"$setElementOrder/containers":[{"name":"c"},{"name":"a"},{"name":"b"}]}`},
	{"order_partial", "Pod", `{"containers":[{"name":"s1"},{"name":"a"},{"name":"s2"},{"name":"b"},{"name":"s3"}]}`, `{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}`},
	{"order_server_only", "Pod", `{"containers":[{"name":"s1"},{"name":"a"},{"name":"s2"},{"name":"b"},{"name":"s3"}]}`, `{"$setElementOrder/containers":[{"name":"n"},{"name":"a"},{"name":"b"}],"containers":[{"name":"n"}]}`},
	{"order_new_last", "Pod", `{"containers":[{"name":"s1"},{"name":"a"},{"name":"s2"}]}`, `{"$setElementOrder/containers":[{"name":"a"},{"name":"n"}],"containers":[{"name":"n"}]}`},
	{"order_delete", "Pod", `{"containers":[{"name":"s1"},{"name":"a"},{"name":"b"}]}`, `{"$setElementOrder/containers":[{"name":"b"}],"containers":[{"name":"a","$patch":"delete"}]}`},
	{"order_wrong", "Pod", `{"containers":[{"name":"a"},{"name":"b"}]}`, `{"$setElementOrder/containers":[{"name":"a"},{"name":"b"}],"containers":[{"name":"b","image":"x"},{"name":"a","image":"y"}]}`},
	{"order_missing", "Pod", `{"containers":[{"name":"a"},{"name":"b"}]}`, `{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"name":"b","image":"x"}]}`},
	{"order_not_list", "Pod", `{"containers":[{"name":"a"}]}`, `{"$setElementOrder/containers":{"name":"a"}}`},
	{"order_no_key", "Pod", `{"containers":[{"name":"a"}]}`, `{"$setElementOrder/containers":[{"x":"a"}]}`},
	{"order_absent", "Pod", `{}`, `{"$setElementOrder/containers":[{"name":"a"}]}`},
	{"order_added", "Pod", `{}`, `{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"name":"a"}]}`},
	{"order_empty_both", "Pod", `{"containers":[]}`, `{"$setElementOrder/containers":[]}`},
	{"order_field_not_list", "Pod", `{"containers":{"a":1}}`, `{"$setElementOrder/containers":[{"name":"a"}]}`},
	{"order_replace", "Pod", `{"containers":[{"name":"a"},{"name":"b"}]}`, `{"$setElementOrder/containers":[{"name":"d"},{"name":"c"}],"containers":[{"$patch":"replace"},{"name":"d"},{"name":"c"}]}`},
	{"order_nested", "Pod", `{"containers":[{"name":"a","env":[{"name":"x","value":"1"},{"name":"y","value":"2"}]}]}`, `{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"name":"a","$setElementOrder/env":[{"name":"z"},{"name":"x"}],"env":[{"name":"z","value":"3"},{"name":"y","$patch":"delete"}]}]}`},
	{"scalars_merge", "Meta", `{"finalizers":["a","b"]}`, `{"finalizers":["c","a"]}`},
	{"scalars_delete", "Meta", `{"finalizers":["a","b","c"]}`, `{"$deleteFromPrimitiveList/finalizers":["b","x"]}`},
	{"scalars_delete_all", "Meta", `{"finalizers":["a"]}`, `{"$deleteFromPrimitiveList/finalizers":["a"]}`},
	{"scalars_delete_absent", "Meta", `{"name":"x"}`, `{"$deleteFromPrimitiveList/finalizers":["a"]}`},
	{"scalars_delete_order", "Meta", `{"finalizers":["s","a","b","c"]}`, `{"$deleteFromPrimitiveList/finalizers":["b"],"$setElementOrder/finalizers":["c","n","a"],"finalizers":["n"]}`},
	{"scalars_delete_not_list", "Meta", `{"finalizers":["a"]}`, `{"$deleteFromPrimitiveList/finalizers":"a"}`},
	{"scalars_order", "Meta", `{"finalizers":["a","b","c"]}`, `{"$setElementOrder/finalizers":["c","b","a"]}`},
	{"scalars_twice", "Meta", `{"finalizers":["a","b","a"]}`, `{"finalizers":["c","c"]}`},
	{"retain", "Deployment", `{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}`, `{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}`},
	{"retain_keep", "Deployment", `{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}`, `{"strategy":{"$retainKeys":["type","rollingUpdate"],"rollingUpdate":{"maxUnavailable":2}}}`},
	{"retain_not_named", "Deployment", `{"strategy":{"type":"RollingUpdate"}}`, `{"strategy":{"$retainKeys":["rollingUpdate"],"type":"Recreate"}}`},
	{"retain_not_list", "Deployment", `{"strategy":{"type":"RollingUpdate"}}`, `{"strategy":{"$retainKeys":"type","type":"Recreate"}}`},
	{"retain_null", "Deployment", `{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}`, `{"strategy":{"$retainKeys":["type"],"rollingUpdate":null}}`},
	{"retain_absent", "Deployment", `{"replicas":1}`, `{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}`},
	{"retain_volume", "Pod", `{"volumes":[{"name":"v","emptyDir":{}}]}`, `{"volumes":[{"name":"v","$retainKeys":["name","hostPath"],"hostPath":{"path":"/x"}}]}`},
	{"unknown_object", "Pod", `{"newThing":{"a":{"x":1},"b":2}}`, `{"newThing":{"a":{"y":2},"b":null}}`},
	{"unknown_list", "Pod", `{"newList":[{"name":"a"}]}`, `{"newList":[{"name":"b"}]}`},
	{"unknown_scalar", "Pod", `{"newField":1}`, `{"newField":2}`},
	{"free_form", "ControllerRevision", `{"data":{"a":{"b":1}}}`, `{"data":{"a":{"c":2}}}`},
	{"free_form_replace", "ControllerRevision", `{"data":{"a":{"b":1}}}`, `{"data":{"$patch":"replace","a":{"c":2}}}`},
	{"numbers", "Pod", `{"priority":1,"activeDeadlineSeconds":9007199254740993}`, `{"priority":2}`},
}

var jsonPatches = []struct{ name, original, patch string }{
	{"add_member", `{"a":1}`, `[{"op":"add","path":"/b","value":2}]`},
	{"add_over", `{"a":1}`, `[{"op":"add","path":"/a","value":{"x":null}}]`},
	{"add_item", `{"a":[1,3]}`, `[{"op":"add","path":"/a/1","value":2}]`},
	{"add_end", `{"a":[1]}`, `[{"op":"add","path":"/a/-","value":2},{"op":"add","path":"/a/2","value":3}]`},
	{"add_beyond", `{"a":[1]}`, `[{"op":"add","path":"/a/2","value":2}]`},
	{"add_negative", `{"a":[1]}`, `[{"op":"add","path":"/a/-1","value":2}]`},
	{"add_leading_zero", `{"a":[1,2]}`, `[{"op":"add","path":"/a/01","value":9}]`},
	{"add_letters", `{"a":[1]}`, `[{"op":"add","path":"/a/x","value":2}]`},
	{"add_huge", `{"a":[1]}`, `[{"op":"add","path":"/a/99999999999999999999","value":2}]`},
	{"add_no_parent", `{"a":1}`, `[{"op":"add","path":"/b/c","value":2}]`},
	{"add_to_scalar", `{"a":1}`, `[{"op":"add","path":"/a/c","value":2}]`},
	{"add_no_value", `{"a":1}`, `[{"op":"add","path":"/b"}]`},
	{"add_null", `{"a":1}`, `[{"op":"add","path":"/b","value":null}]`},
	{"add_escaped", `{"a":1}`, `[{"op":"add","path":"/x~1y~0z","value":2}]`},
	{"add_empty_name", `{"a":1}`, `[{"op":"add","path":"/","value":2}]`},
	{"add_root", `{"a":1}`, `[{"op":"add","path":"","value":{"b":2}}]`},
	{"replace_root", `{"a":1}`, `[{"op":"replace","path":"","value":{"b":2}}]`},
	{"bad_escape", `{"a":1}`, `[{"op":"add","path":"/~2","value":2}]`},
	{"no_slash", `{"a":1}`, `[{"op":"add","path":"b","value":2}]`},
	{"remove", `{"a":1,"b":[1,2,3]}`, `[{"op":"remove","path":"/a"},{"op":"remove","path":"/b/1"}]`},
	{"remove_absent", `{"a":1}`, `[{"op":"remove","path":"/b"}]`},
	{"remove_end", `{"a":[1]}`, `[{"op":"remove","path":"/a/-"}]`},
	{"remove_beyond", `{"a":[1]}`, `[{"op":"remove","path":"/a/1"}]`},
	{"replace", `{"a":1,"b":[1,2]}`, `[{"op":"replace","path":"/a","value":"x"},{"op":"replace","path":"/b/0","value":{"y":1}}]`},
	{"replace_absent", `{"a":1}`, `[{"op":"replace","path":"/b","value":2}]`},
	{"replace_beyond", `{"a":[1]}`, `[{"op":"replace","path":"/a/1","value":2}]`},
	{"move", `{"a":{"b":1},"c":[1]}`, `[{"op":"move","from":"/a/b","path":"/c/0"}]`},
	{"move_inside", `{"a":{"b":1}}`, `[{"op":"move","from":"/a","path":"/a/b"}]`},
	{"move_list", `{"a":[1,2,3]}`, `[{"op":"move","from":"/a/0","path":"/a/2"}]`},
	{"move_absent", `{"a":1}`, `[{"op":"move","from":"/b","path":"/c"}]`},
	{"copy", `{"a":{"b":[1]}}`, `[{"op":"copy","from":"/a","path":"/c"},{"op":"add","path":"/c/b/-","value":2}]`},
	{"copy_inside", `{"a":{"b":1}}`, `[{"op":"copy","from":"/a","path":"/a/c"}]`},
	{"copy_absent", `{"a":1}`, `[{"op":"copy","from":"/b","path":"/c"}]`},
	{"test", `{"a":{"b":[1,"x",null]}}`, `[{"op":"test","path":"/a","value":{"b":[1,"x",null]}}]`},
	{"test_fails", `{"a":1}`, `[{"op":"test","path":"/a","value":2}]`},
	{"test_type", `{"a":1}`, `[{"op":"test","path":"/a","value":"1"}]`},
	{"test_absent", `{"a":1}`, `[{"op":"test","path":"/b","value":2}]`},
	{"test_absent_null", `{"a":1}`, `[{"op":"test","path":"/b","value":null},{"op":"add","path":"/b","value":2}]`},
	{"test_order", `{"a":{"x":1,"y":2}}`, `[{"op":"test","path":"/a","value":{"y":2,"x":1}}]`},
	{"test_numeric", `{"a":1.0}`, `[{"op":"test","path":"/a","value":1}]`},
	{"test_stops", `{"a":1}`, `[{"op":"add","path":"/b","value":1},{"op":"test","path":"/a","value":2}]`},
	{"unknown_op", `{"a":1}`, `[{"op":"frob","path":"/a"}]`},
	{"no_path", `{"a":1}`, `[{"op":"add","value":1}]`},
	{"not_list", `{"a":1}`, `{"op":"add","path":"/b","value":1}`},
	{"empty", `{"a":1}`, `[]`},
}

var mergePatches = []struct{ name, original, patch string }{
	{"set", `{"a":"b"}`, `{"a":"c"}`}, {"add", `{"a":"b"}`, `{"b":"c"}`}, {"delete", `{"a":"b","b":"c"}`, `{"a":null}`},
	{"list", `{"a":["b"]}`, `{"a":"c"}`}, {"to_list", `{"a":"c"}`, `{"a":["b"]}`}, {"nested", `{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`},
	{"list_of_objects", `{"a":[{"b":"c"}]}`, `{"a":[1]}`}, {"nulls_added", `{}`, `{"a":{"bb":{"ccc":null}}}`},
	{"null_kept", `{"e":null}`, `{"a":1}`}, {"object_over_list", `{"a":[1,2]}`, `{"a":{"b":1,"c":null}}`},
	{"object_over_scalar", `{"a":"foo"}`, `{"a":{"b":{"c":null,"d":1}}}`}, {"null_in_list", `{"a":1}`, `{"a":[1,null,{"x":null}]}`},
}

func systematic() []testCase {
	var cases []testCase
	for _, kind := range []string{"Pod", "Service", "Deployment", "Meta"} {
		all := versions[kind]
		for i, from := range all {
			for j, to := range all {
				cases = append(cases, testCase{Name: fmt.Sprintf("diff/%s/%d-%d", kind, i, j), Op: "diff", Type: unwrapped(kind),
					Original: raw(wrap(kind, from)), Modified: raw(wrap(kind, to))})
				if kind == "Pod" && (i+j)%2 == 0 {
					continue
				}
				for k, current := range all {
					if (i+2*j+3*k)%5 != 0 && i != k && k != 4 {
						continue
					}
					c := testCase{Type: unwrapped(kind), Original: raw(wrap(kind, from)), Modified: raw(wrap(kind, to)),
						Current: raw(wrap(kind, current)), Overwrite: (i+j+k)%2 == 0}
					c.Name, c.Op = fmt.Sprintf("three_way/%s/%d-%d-%d", kind, i, j, k), "three_way"
					cases = append(cases, c)
					if (i+k)%3 == 0 {
						c.Name, c.Op, c.Overwrite = fmt.Sprintf("merge_three_way/%s/%d-%d-%d", kind, i, j, k), "merge_three_way", true
						cases = append(cases, c)
					}
				}
			}
		}
	}
	for _, d := range directives {
		cases = append(cases, testCase{Name: "apply/" + d.name, Op: "apply", Type: unwrapped(d.kind), Original: raw(wrap(d.kind, d.original)),
			Patch: raw(patchOf(d.kind, d.patch))})
	}
	for _, p := range jsonPatches {
		cases = append(cases, testCase{Name: "json_apply/" + p.name, Op: "json_apply", Original: raw(p.original), Patch: raw(p.patch)})
	}
	for _, p := range mergePatches {
		cases = append(cases, testCase{Name: "merge_apply/" + p.name, Op: "merge_apply", Original: raw(p.original), Patch: raw(p.patch)})
	}
	return cases
}

func patchOf(kind, part string) string {
	switch kind {
	case "Meta":
		return `{"metadata":` + part + `}`
	case "ControllerRevision":
		return part
	}
	return `{"spec":` + part + `}`
}
