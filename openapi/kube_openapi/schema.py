"""One schema of any source, reduced to the facts that codegen knows."""

from __future__ import annotations

from .notes import Notes, SpecError
from .spec import DEFINITION, GVK, Json, Schema

REF_PREFIXES = (DEFINITION, "#/components/schemas/")
FREE_FORM = "x-kubernetes-preserve-unknown-fields"
INT_OR_STRING = "x-kubernetes-int-or-string"

KEPT = (
    "type", "format", "required", "enum", "default", "nullable", GVK, FREE_FORM, INT_OR_STRING,
    "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type",
    "x-kubernetes-patch-strategy", "x-kubernetes-patch-merge-key", "x-kubernetes-embedded-resource",
)  # fmt: skip
NESTED = ("$ref", "allOf", "properties", "items", "additionalProperties")
PROSE = ("description", "title", "example", "externalDocs")

# Sources write these scalars in different ways (v3: oneOf string and number; v2: a plain string).
SCALARS: dict[str, Schema] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {"type": "string", "format": "quantity"},
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"type": "string", "format": "int-or-string"},
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": {"type": "string", "format": "date-time"},
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": {"type": "string", "format": "date-time"},
}
# Not all of `io.k8s.`: custom resources of groups such as gateway.networking.k8s.io are named so too.
BUILT_IN = tuple(
    f"io.k8s.{part}."
    for part in ("api", "apiextensions-apiserver", "apimachinery", "client-go", "kube-aggregator", "metrics")
)


class Reducer:
    def __init__(self, notes: Notes, keep_prose: bool = False) -> None:
        self.notes = notes
        self.keep_prose = keep_prose

    def definition(self, name: str, schema: Schema) -> Schema:
        if name in SCALARS:
            return {**SCALARS[name], **self._prose(schema)}
        facts = self._reduce(schema, name, built_in=name.startswith(BUILT_IN))
        if GVK in facts:
            facts[GVK] = sorted(facts[GVK], key=lambda kind: (kind["group"], kind["version"], kind["kind"]))
        return facts

    def _reduce(self, schema: Schema, place: str, built_in: bool) -> Schema:
        if not isinstance(schema, dict):
            raise SpecError(f"{place}: a schema must be an object, not {schema!r}")
        facts = {key: schema[key] for key in KEPT if key in schema}
        facts.update(self._prose(schema))
        self._drop_defaults_of_go(facts, place, built_in)
        if facts.get(FREE_FORM) is False:
            del facts[FREE_FORM]
        if facts.get("nullable") is False:
            del facts["nullable"]
        self._note_dropped(schema, place)
        reference = self._reference(schema, place)
        if reference is not None:
            facts["$ref"] = reference
            return facts
        self._nested(facts, schema, place, built_in)
        self._type(facts, schema, place)
        return facts

    def _prose(self, schema: Schema) -> Schema:
        return {"description": schema["description"]} if self.keep_prose and "description" in schema else {}

    def _drop_defaults_of_go(self, facts: Schema, place: str, built_in: bool) -> None:
        """The server's generator writes Go's zero value as default wherever a field is no pointer: no one's choice."""
        value = facts.get("default", None)
        if built_in and "default" in facts and (value in ("", {}) or (value == 0 and not isinstance(value, str))):
            del facts["default"]
            self.notes.add("dropped: default that is only Go's zero value", place)

    def _note_dropped(self, schema: Schema, place: str) -> None:
        for key in schema:
            if key in PROSE:
                if not self.keep_prose or key != "description":
                    self.notes.add(f"dropped: {key}", place)
            elif key not in KEPT and key not in NESTED:
                self.notes.add(f"dropped: {key}", place)

    def _reference(self, schema: Schema, place: str) -> str | None:
        target = schema.get("$ref")
        branches = schema.get("allOf", [])
        if target is None and len(branches) == 1 and set(branches[0]) == {"$ref"}:
            target = branches[0]["$ref"]  # v3 may not write siblings beside $ref, and so wraps it
        elif "allOf" in schema:
            self.notes.add("dropped: allOf", place)
        if target is None:
            return None
        for prefix in REF_PREFIXES:
            if target.startswith(prefix):
                return DEFINITION + str(target[len(prefix) :])
        raise SpecError(f"{place}: cannot follow the reference {target!r}")

    def _nested(self, facts: Schema, schema: Schema, place: str, built_in: bool) -> None:
        if "properties" in schema:
            facts["properties"] = {
                name: self._reduce(value, f"{place}.{name}", built_in) for name, value in schema["properties"].items()
            }
        if "items" in schema:
            facts["items"] = self._reduce(schema["items"], f"{place}[]", built_in)
        if "additionalProperties" in schema:
            self._additional(facts, schema["additionalProperties"], place, built_in)

    def _additional(self, facts: Schema, values: Json, place: str, built_in: bool) -> None:
        if values is True or values == {}:
            facts["additionalProperties"] = True
        elif values is not False:
            facts["additionalProperties"] = self._reduce(values, f"{place}{{}}", built_in)

    def _type(self, facts: Schema, schema: Schema, place: str) -> None:
        kind = facts.get("type")
        if isinstance(kind, list):
            raise SpecError(f"{place}: cannot express a choice of types {kind}")
        if kind is None and not facts.get(INT_OR_STRING) and FREE_FORM not in facts:
            if "properties" in facts or "additionalProperties" in facts:
                facts["type"] = "object"
            else:
                facts[FREE_FORM] = True
                facts.pop("format", None)  # of the type that v2 lost
                self.notes.add("no type given, taken as any JSON value", place)
        if kind == "array" and "items" not in facts:
            facts["items"] = {FREE_FORM: True}
            self.notes.add("array without item schema, taken as array of any JSON value", place)
