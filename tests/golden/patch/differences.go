package main

// Where libkube rightly gives something else; docs/patch.md explains each reason.
var differences = map[string]struct{ ours, reason string }{
	"apply/order_empty_both":        {`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[]}}`, "ordering two empty lists is no error"},
	"apply/unknown_object":          {`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"newThing":{"a":{"x":1,"y":2}}}}`, "an object this build does not know is merged as a map"},
	"apply/unknown_list":            {`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"newList":[{"name":"b"}]}}`, "a list this build does not know is replaced"},
	"apply/free_form":               {`{"data":{"a":{"b":1,"c":2}}}`, "a free-form value is merged as a map"},
	"apply/scalars_delete_not_list": {`"KUBE_E_PARSE"`, "a directive that is not a list is an error"},
	"json_apply/add_negative":       {`"KUBE_E_INVALID"`, "RFC 6902 has no negative indices"},
	"json_apply/add_leading_zero":   {`"KUBE_E_INVALID"`, "RFC 6901 forbids leading zeros"},
	"json_apply/add_no_value":       {`"KUBE_E_PARSE"`, "RFC 6902 requires a value"},
	"json_apply/add_root":           {`{"b":2}`, "an empty path is the whole document"},
	"json_apply/bad_escape":         {`"KUBE_E_PARSE"`, "RFC 6901 has ~0 and ~1 only"},
	"json_apply/replace_absent":     {`"KUBE_E_INVALID"`, "RFC 6902: the target must exist"},
	"json_apply/copy_absent":        {`"KUBE_E_INVALID"`, "RFC 6902: the source must exist"},
	"json_apply/test":               {`{"a":{"b":[1,"x",null]}}`, "a null inside a tested list; the Go library panics"},
	"json_apply/test_numeric":       {`{"a":1.0}`, "RFC 6902: numbers are equal when their values are"},
	"three_way/Meta/0-1-4":          {`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m","finalizers":["c","d"],"annotations":{"k":"w"},"labels":{"x":"1"}}}`, "two deletions from one list of scalars do not conflict; the Go library does not know the directive"},
	"three_way/Meta/1-0-4":          {`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m","finalizers":["a","b","c"],"annotations":{"k":"w"}}}`, "two deletions from one list of scalars do not conflict; the Go library does not know the directive"},
	"three_way/Meta/1-4-4":          {`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m","finalizers":[],"annotations":{"k":"w"}}}`, "two deletions from one list of scalars do not conflict; the Go library does not know the directive"},
}
