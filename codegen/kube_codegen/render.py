"""The model to files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kube_codegen import c_types, comments, rows
from kube_codegen.c_text import WIDTH, call, comment, comment_block, fill, literal
from kube_codegen.model import Field, Function, Model, Package, Type, TypeRef
from kube_codegen.package_name import META, PackageName

ABI = 2


@dataclass(frozen=True)
class File:
    """One generated file. `path` is relative to the output folder."""

    path: str
    text: str


class Renderer:
    """Prints packages through the templates."""

    def __init__(self, model: Model, packages_name: str, keep_prose: bool = False) -> None:
        self._model = model
        self._keep_prose = keep_prose
        self._packages_name = packages_name
        self._generated = frozenset(package.name for package in model.packages)
        self._templates = self._environment()

    def files(self) -> list[File]:
        """All files, sorted by path."""
        found = self._umbrella()
        for package in self._model.packages:
            found += self._package(package)
        return sorted(found, key=lambda file: file.path)

    def _package(self, package: Package) -> list[File]:
        inside, outside = _split(package)
        files = [
            self._file(f"include/{package.name.header}", "header.h.j2", package=package),
            self._file(f"src/{package.name.c_name}.c", "source.c.j2", package=package),
        ]
        if inside:
            files.append(self._functions(package, "verbs", "", inside))
        if outside:
            files.append(self._functions(package, "subresources", " on types of other packages", outside))
        streaming = [resource for resource in package.resources if resource.streams]
        if streaming:
            files.append(self._file(f"src/{package.name.c_name}_streams.c", "streams.c.j2", package=package, resources=streaming))
        return files

    def _functions(self, package: Package, name: str, subject: str, functions: list[Function]) -> File:
        """Functions stand apart from the tables, which refer to nothing of the client."""
        includes = sorted({ref.package for function in functions for ref in package.foreign(function)})
        facts = {"package": package, "subject": subject, "functions": functions, "includes": includes}
        return self._file(f"src/{package.name.c_name}_{name}.c", "functions.c.j2", **facts)

    def _umbrella(self) -> list[File]:
        short = self._packages_name[len("kube_") : -len("_packages")]
        names = [package.name for package in self._model.packages]
        members = [name for name in names if name != META]
        facts = {"name": self._packages_name, "short": short, "packages": names, "members": members}
        return [
            self._file(f"include/kube/{short}.h", "umbrella.h.j2", **facts),
            self._file(f"src/{short}.c", "umbrella.c.j2", **facts),
        ]

    def _file(self, path: str, template: str, **facts: object) -> File:
        return File(path, self._templates.get_template(template).render(**facts))

    def _environment(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,
        )
        environment.filters["literal"] = literal
        environment.globals.update(
            abi=ABI,
            packages_name=self._packages_name,
            source=f" of Kubernetes {comment(self._model.version)}" if self._model.version else "",
            member=self._member,
            field_row=self._field_row,
            type_row=rows.type_row,
            has_words=rows.has_words,
            shared_infos=rows.shared_infos,
            info_definition=rows.info_definition,
            resource_row=rows.resource_row,
            subresource_row=rows.subresource_row,
            subresources_name=rows.subresources_name,
            type_comment=comments.type_comment,
            prose=self._type_prose,
            slots=slots,
            declaration=declaration,
            definition=definition,
            item_fn=item_fn,
            foreign=foreign,
            roots_first=roots_first,
            guard=guard,
        )
        return environment

    def _member(self, type_: Type, field: Field) -> str:
        """A struct's member with its comment, behind it or, when that is too wide, above."""
        where = c_types.place(type_.ref, field, self._generated)
        text = f"    {c_types.field_type(field.value, where)}{field.c_name};"
        facts = comments.field_comment(field)
        first = prose(field.prose, 4) if self._keep_prose and field.prose else ""
        behind = f"{text} /* {facts} */"
        return first + (behind if len(behind) <= WIDTH else f"{comment_block(facts, 4)}\n{text}")

    def _type_prose(self, type_: Type) -> str:
        return prose(type_.prose, 0) if self._keep_prose and type_.prose else ""

    def _field_row(self, type_: Type, field: Field, shared: dict[str, str]) -> str:
        return rows.field_row(type_, field, self._generated, shared)


def _split(package: Package) -> tuple[list[Function], list[Function]]:
    """The functions whose types the package's header brings along, and the others."""
    every = [function for resource in package.resources for function in resource.functions]
    outside = [function for function in every if package.foreign(function)]
    return [function for function in every if function not in outside], outside


def foreign(package: Package) -> list[str]:
    """The structs that a header's functions name and no included header declares."""
    found = {ref.struct for resource in package.resources for function in resource.functions for ref in package.foreign(function)}
    return sorted(found)


def _parameters(function: Function, structs: set[str]) -> list[str]:
    """The parameters, with `struct x_t` for types whose typedef may not be known."""
    found = list(function.parameters)
    for name in structs:
        found = [parameter.replace(f"{name} ", f"struct {name} ") for parameter in found]
    return found


def declaration(package: Package, function: Function) -> str:
    """The prototype of a function."""
    structs = {ref.struct for ref in package.foreign(function)}
    head = f"KUBE_API {function.returns}{function.name}("
    return call(head, _parameters(function, structs), ");", 0)


def item_fn(ref: TypeRef) -> str:
    """The type of the function that is called for each object of a list."""
    return call(f"typedef int {ref.item_fn}(", (f"const {ref.struct} *object", "void *userdata"), ");", 0)


def definition(function: Function) -> str:
    """A function: one call."""
    head = f"{function.returns}{function.name}("
    return f"{call(head, function.parameters, ')', 0)}\n{{\n{_body(function)}\n}}"


def _body(function: Function) -> str:
    untyped = function.untyped
    keeps = "" if function.returns == "void " else "return " if untyped is None else "int code = "
    text = call(f"    {keeps}{function.callee}(", function.arguments, ");", 4)
    if untyped is None:
        return text
    copy = f"    if ({untyped.parameter})\n        *{untyped.parameter} = {untyped.value};"
    return f"    {untyped.variable};\n{text}\n{copy}\n    return code;"


def prose(text: str, indent: int) -> str:
    """A description as a doc comment, with its newline."""
    return comment_block(text.strip(), indent) + "\n"


def slots(values: tuple[int, ...]) -> str:
    """The numbers of a hash table, on lines of bearable width."""
    return fill("    ", [str(value) for value in values], "", 4)


def roots_first(package: Package) -> list[Type]:
    """The types in the order of the package's table."""
    return sorted(package.types, key=lambda type_: (type_.root is None, type_.ref.c_name))


def guard(name: PackageName) -> str:
    return f"KUBE_{name.c_name.upper()}_H"
