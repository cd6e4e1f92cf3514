"""Building, editing and reading objects from Python through ctypes: only exported functions, no header."""

import ctypes
import sys

kube = ctypes.CDLL(sys.argv[1], mode=ctypes.RTLD_GLOBAL)
k8s = ctypes.CDLL(sys.argv[2])

p, s = ctypes.c_void_p, ctypes.c_char_p
SIGNATURES = {
    "kube_new": (p, [p]),
    "kube_free": (None, [p]),
    "kube_ensure": (p, [p, p, p, s]),
    "kube_list_append": (p, [p, p, p, s]),
    "kube_list_append_string": (ctypes.c_int, [p, p, p, s, s]),
    "kube_map_set": (ctypes.c_int, [p, p, p, s, s, s]),
    "kube_set_string": (ctypes.c_int, [p, p, p, s, s]),
    "kube_set_int": (ctypes.c_int, [p, p, p, s, ctypes.c_int64]),
    "kube_set_bool": (ctypes.c_int, [p, p, p, s, ctypes.c_bool]),
    "kube_at": (p, [p, p, s, p]),
    "kube_meta_name": (s, [p, p]),
    "kube_json_encode": (ctypes.c_int, [p, p, ctypes.c_uint, p, p]),
    "kube_json_decode": (ctypes.c_int, [p, s, ctypes.c_size_t, p, p, p]),
    "kube_equal": (ctypes.c_bool, [p, p, p]),
    "kube_buffer_dispose": (None, [p]),
}
for name, (result, arguments) in SIGNATURES.items():
    function = getattr(kube, name)
    function.restype, function.argtypes = result, arguments


class Buffer(ctypes.Structure):
    _fields_ = [("data", s), ("len", ctypes.c_size_t), ("capacity", ctypes.c_size_t), ("failed", ctypes.c_bool)]


def table(library, name):
    return ctypes.addressof(ctypes.c_char.in_dll(library, name))


def main():
    pod_type, spec_type = table(k8s, "kube_core_v1_pod_type"), table(k8s, "kube_core_v1_pod_spec_type")
    container_type, meta_type = table(k8s, "kube_core_v1_container_type"), table(kube, "kube_meta_v1_object_meta_type")

    pod = kube.kube_new(pod_type)
    meta = kube.kube_ensure(pod, pod, pod_type, b"metadata")
    assert kube.kube_set_string(pod, meta, meta_type, b"name", b"web") == 0
    assert kube.kube_map_set(pod, meta, meta_type, b"labels", b"app", b"web") == 0
    spec = kube.kube_ensure(pod, pod, pod_type, b"spec")
    assert kube.kube_set_int(pod, spec, spec_type, b"terminationGracePeriodSeconds", 5) == 0
    assert kube.kube_set_bool(pod, spec, spec_type, b"hostNetwork", True) == 0
    assert kube.kube_set_int(pod, spec, spec_type, b"noSuchField", 5) != 0
    container = kube.kube_list_append(pod, spec, spec_type, b"containers")
    assert kube.kube_set_string(pod, container, container_type, b"name", b"c") == 0
    assert kube.kube_list_append_string(pod, container, container_type, b"args", b"-v") == 0
    assert kube.kube_at(pod, pod_type, b"spec.containers[0]", None) == container
    assert kube.kube_meta_name(pod_type, pod) == b"web"

    text = Buffer()
    assert kube.kube_json_encode(pod_type, pod, 0, ctypes.byref(text), None) == 0
    assert text.data == (
        b'{"apiVersion":"v1","kind":"Pod","metadata":{"labels":{"app":"web"},"name":"web"},"spec":{"containers":'
        b'[{"args":["-v"],"name":"c"}],"hostNetwork":true,"terminationGracePeriodSeconds":5}}'
    ), text.data
    again = ctypes.c_void_p()
    assert kube.kube_json_decode(pod_type, text.data, text.len, None, ctypes.byref(again), None) == 0
    assert kube.kube_equal(pod_type, pod, again)
    for thing in (pod, again):
        kube.kube_free(thing)
    kube.kube_buffer_dispose(ctypes.byref(text))
    print("1 passed, 0 failed")


main()
