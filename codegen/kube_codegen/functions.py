"""Operations to wrapper functions: their names, parameters and the one call they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from kube_codegen import names
from kube_codegen.model import Function, TypeRef, Untyped

_CLIENT = "kube_client_t *client"
_ERR = "kube_error_t *err"
_NS = "const char *ns"
_NAME = "const char *name"
_PATCH = "const kube_patch_t *patch"
_ANY = "kube_any_t *out"
_USERDATA = "void *userdata"
_SPECIAL = {("create", "eviction"): "evict", ("create", "binding"): "bind"}


@dataclass(frozen=True)
class Target:
    """What a function works on."""

    type: TypeRef
    table: str
    """The resource's table."""
    namespaced: bool

    def scope(self) -> tuple[str, ...]:
        return (_NS,) if self.namespaced else ()

    def ns(self) -> str:
        return "ns" if self.namespaced else "NULL"


def _options(verb: str) -> str:
    return f"const kube_{verb}_options_t *options"


def _out(ref: TypeRef) -> str:
    return f"{ref.struct} **out"


def read(target: Target, verb: str, reply: TypeRef) -> Function:
    """get and list."""
    name = (_NAME,) if verb == "get" else ()
    argument = ("name",) if verb == "get" else ()
    return Function(
        name=f"{target.type.c_name}_{verb}",
        parameters=(_CLIENT, *target.scope(), *name, _options(verb), _out(reply), _ERR),
        callee=f"kube_{verb}",
        arguments=("client", f"&{target.table}", target.ns(), *argument, "options", "out", "err"),
        types=(reply,),
    )


def write(target: Target, verb: str, body: TypeRef, reply: TypeRef) -> Function:
    """create, update and apply."""
    return Function(
        name=f"{target.type.c_name}_{verb}",
        parameters=(_CLIENT, *target.scope(), f"const {body.struct} *object", _options(verb), _out(reply), _ERR),
        callee=f"kube_{verb}",
        arguments=("client", f"&{target.table}", target.ns(), "object", "options", "out", "err"),
        types=(body, reply),
    )


def patch(target: Target, reply: TypeRef) -> Function:
    return Function(
        name=f"{target.type.c_name}_patch",
        parameters=(_CLIENT, *target.scope(), _NAME, _PATCH, _options("patch"), _out(reply), _ERR),
        callee="kube_patch",
        arguments=("client", f"&{target.table}", target.ns(), "name", "patch", "options", "out", "err"),
        types=(reply,),
    )


def delete(target: Target) -> Function:
    return Function(
        name=f"{target.type.c_name}_delete",
        parameters=(_CLIENT, *target.scope(), _NAME, _options("delete"), _ANY, _ERR),
        callee="kube_delete",
        arguments=("client", f"&{target.table}", target.ns(), "name", "options", "out", "err"),
        types=(),
    )


def delete_collection(target: Target) -> Function:
    return Function(
        name=f"{target.type.c_name}_delete_collection",
        parameters=(_CLIENT, *target.scope(), _options("delete"), "const kube_list_options_t *list", _ANY, _ERR),
        callee="kube_delete_collection",
        arguments=("client", f"&{target.table}", target.ns(), "options", "list", "out", "err"),
        types=(),
    )


def log(target: Target, subresource: str) -> Function:
    """A GET whose reply is text."""
    return Function(
        name=_sub_name(target, "get", subresource),
        parameters=(_CLIENT, *target.scope(), _NAME, _options("log"), "kube_buffer_t *buffer", _ERR),
        callee="kube_get_log",
        arguments=("client", f"&{target.table}", target.ns(), "name", "options", "buffer", "err"),
        types=(),
    )


def log_lines(target: Target, subresource: str) -> Function:
    """The same, line by line."""
    return Function(
        name=f"{target.type.c_name}_{names.snake(subresource)}_lines",
        parameters=(_CLIENT, *target.scope(), _NAME, _options("log"), "kube_line_fn *fn", _USERDATA, _ERR),
        callee="kube_log_lines",
        arguments=("client", f"&{target.table}", target.ns(), "name", "options", "fn", "userdata", "err"),
        types=(),
    )


def each(target: Target) -> Function:
    """A list, object by object: the runtime's function type is not the resource's, so one stands between that calls the caller's."""
    ref = target.type
    return Function(
        name=f"{ref.c_name}_each",
        parameters=(_CLIENT, *target.scope(), _options("list"), f"{ref.item_fn} *fn", _USERDATA, _ERR),
        callee="kube_each",
        arguments=(
            "client",
            f"&{target.table}",
            target.ns(),
            "options",
            f"fn ? {ref.short}_item : NULL",
            f"&(struct {ref.short}_each){{ fn, userdata }}",
            "err",
        ),
        types=(ref,),
    )


def watch(target: Target) -> tuple[Function, ...]:
    """A watch and what is done with it."""
    ref = target.type
    handle = f"{ref.watch} *watch"
    return (
        Function(
            name=f"{ref.c_name}_watch",
            parameters=(_CLIENT, *target.scope(), _options("watch"), f"{ref.watch} **out", _ERR),
            callee="kube_watch",
            arguments=("client", f"&{target.table}", target.ns(), "options", "out ? &watch : NULL", "err"),
            types=(ref,),
            untyped=Untyped("kube_watch_t *watch = NULL", "out", f"({ref.watch} *)watch"),
        ),
        _watch_next(ref, "next", ()),
        _watch_next(ref, "next_within", ("int64_t wait_ms",)),
        Function(
            name=f"{ref.c_name}_watch_resource_version",
            parameters=(f"const {handle}",),
            callee="kube_watch_resource_version",
            arguments=("(const kube_watch_t *)watch",),
            types=(ref,),
            returns="const char *",
        ),
        Function(
            name=f"{ref.c_name}_watch_free",
            parameters=(handle,),
            callee="kube_watch_free",
            arguments=("(kube_watch_t *)watch",),
            types=(ref,),
            returns="void ",
        ),
    )


def _watch_next(ref: TypeRef, verb: str, wait: tuple[str, ...]) -> Function:
    return Function(
        name=f"{ref.c_name}_watch_{verb}",
        parameters=(f"{ref.watch} *watch", *wait, f"{ref.event} *event", _ERR),
        callee=f"kube_watch_{verb}",
        arguments=("(kube_watch_t *)watch", *(("wait_ms",) if wait else ()), "event ? &next : NULL", "err"),
        types=(ref,),
        untyped=Untyped("kube_event_t next = { 0 }", "event", f"({ref.event}){{ next.type, next.object }}"),
    )


def read_subresource(target: Target, subresource: str, reply: TypeRef) -> Function:
    return Function(
        name=_sub_name(target, "get", subresource),
        parameters=(_CLIENT, *target.scope(), _NAME, _options("get"), _out(reply), _ERR),
        callee="kube_get_subresource",
        arguments=(*_sub_arguments(target, subresource, "name"), f"&{reply.table}", "options", "out", "err"),
        types=(reply,),
    )


def write_subresource(target: Target, verb: str, subresource: str, body: TypeRef, reply: TypeRef) -> Function:
    """create, update and apply. A body of the resource's own type tells its name; any other needs it beside."""
    own = body == target.type
    return Function(
        name=_sub_name(target, verb, subresource),
        parameters=(
            _CLIENT,
            *target.scope(),
            *(() if own else (_NAME,)),
            f"const {body.struct} *{'object' if own else 'body'}",
            _options(verb),
            _out(reply),
            _ERR,
        ),
        callee=f"kube_{verb}_subresource",
        arguments=(
            *_sub_arguments(target, subresource, "NULL" if own else "name"),
            f"&{body.table}",
            "object" if own else "body",
            f"&{reply.table}",
            "options",
            "out",
            "err",
        ),
        types=(body, reply),
    )


def patch_subresource(target: Target, subresource: str, reply: TypeRef) -> Function:
    return Function(
        name=_sub_name(target, "patch", subresource),
        parameters=(_CLIENT, *target.scope(), _NAME, _PATCH, _options("patch"), _out(reply), _ERR),
        callee="kube_patch_subresource",
        arguments=(*_sub_arguments(target, subresource, "name"), "patch", f"&{reply.table}", "options", "out", "err"),
        types=(reply,),
    )


def _sub_name(target: Target, verb: str, subresource: str) -> str:
    special: Optional[str] = _SPECIAL.get((verb, subresource))
    return f"{target.type.c_name}_{special or f'{verb}_{names.snake(subresource)}'}"


def _sub_arguments(target: Target, subresource: str, name: str) -> tuple[str, ...]:
    return ("client", f"&{target.table}", target.ns(), name, f'"{subresource}"')
