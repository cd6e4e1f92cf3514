// Writes the table of what the Kubernetes tools make of YAML, one case a line, as JSON:
//
//	{"yaml": TEXT, "json": [DOCUMENT, ...] or "error", "strict": "ok" or "error"}
//
// A document is the text that sigs.k8s.io/yaml makes of it, members sorted, strings escaped only where JSON demands it.
// With -check it reads lines {"yaml": TEXT, "json": TEXT} instead and fails unless the YAML reads as that JSON.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/big"
	"os"
	"sort"
	"strconv"
	"strings"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

type row struct {
	YAML   string `json:"yaml"`
	JSON   any    `json:"json"`
	Strict string `json:"strict"`
}

func quote(out *strings.Builder, text string) {
	out.WriteByte('"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			out.WriteByte('\\')
			out.WriteRune(c)
		case c < 0x20 && strings.ContainsRune("\b\f\n\r\t", c):
			out.WriteByte('\\')
			out.WriteByte("btn.fr"[c-8])
		case c < 0x20:
			fmt.Fprintf(out, "\\u%04x", c)
		default:
			out.WriteRune(c)
		}
	}
	out.WriteByte('"')
}

// number gives integers beyond 64 bits the form that a double has.
func number(text string) string {
	if big := new(big.Int); len(text) > 18 && strings.Trim(text, "-0123456789") == "" {
		if big.SetString(text, 10); !big.IsInt64() && !big.IsUint64() {
			value, _ := strconv.ParseFloat(text, 64)
			out, _ := json.Marshal(value)
			return string(out)
		}
	}
	return text
}

func write(out *strings.Builder, value any) {
	switch v := value.(type) {
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		sort.Strings(names)
		out.WriteByte('{')
		for i, name := range names {
			if i > 0 {
				out.WriteByte(',')
			}
			quote(out, name)
			out.WriteByte(':')
			write(out, v[name])
		}
		out.WriteByte('}')
	case []any:
		out.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				out.WriteByte(',')
			}
			write(out, item)
		}
		out.WriteByte(']')
	case string:
		quote(out, v)
	case json.Number:
		out.WriteString(number(v.String()))
	case bool:
		fmt.Fprint(out, v)
	case nil:
		out.WriteString("null")
	}
}

func plain(text []byte) string {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		panic(err)
	}
	var out strings.Builder
	write(&out, value)
	return out.String()
}

func convert(document []byte, strict bool) (out []byte, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("panic")
		}
	}()
	if strict {
		return yaml.YAMLToJSONStrict(document)
	}
	return yaml.YAMLToJSON(document)
}

// documents splits as kubectl does and leaves out those that are null.
func documents(text string, strict bool) ([]string, error) {
	reader := utilyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	out := []string{}
	for {
		document, err := reader.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		converted, err := convert(document, strict)
		if err != nil {
			return nil, err
		}
		if json := plain(converted); json != "null" {
			out = append(out, json)
		}
	}
}

func check() {
	in := bufio.NewReader(os.Stdin)
	for decoder, count := json.NewDecoder(in), 0; ; count++ {
		var pair struct{ YAML, JSON string }
		if err := decoder.Decode(&pair); err == io.EOF {
			fmt.Println(count, "read as they should")
			return
		} else if err != nil {
			panic(err)
		}
		out, err := yaml.YAMLToJSON([]byte(pair.YAML))
		if err != nil || plain(out) != plain([]byte(pair.JSON)) {
			fmt.Printf("YAML %q\nreads as %s (%v)\nnot as %s\n", pair.YAML, out, err, pair.JSON)
			os.Exit(1)
		}
	}
}

func main() {
	checking := flag.Bool("check", false, "check pairs of YAML and JSON from stdin")
	flag.Parse()
	if *checking {
		check()
		return
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	seen := map[string]bool{}
	for _, text := range cases() {
		if seen[text] {
			continue
		}
		seen[text] = true
		out := row{YAML: text, JSON: "error", Strict: "ok"}
		if found, err := documents(text, false); err == nil {
			out.JSON = found
		}
		if _, err := documents(text, true); err != nil {
			out.Strict = "error"
		}
		if err := encoder.Encode(out); err != nil {
			panic(err)
		}
	}
}
