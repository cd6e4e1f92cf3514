// Writes the tables that the unit tests of quantities, times, base64 and selectors read: what Go makes of each input.
// Columns are separated by tabs, lines that begin with "#" are comments. The random cases have a fixed seed.
package main

import (
	"bufio"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
)

func write(name, columns string, fill func(line func(fields ...string), random *rand.Rand)) {
	file, err := os.Create(filepath.Join(os.Args[1], name))
	if err != nil {
		panic(err)
	}
	buffer := bufio.NewWriter(file)
	buffer.WriteString("# " + columns + "\n")
	fill(func(fields ...string) {
		line := strings.Join(fields, "\t")
		if strings.Count(line, "\t") != len(fields)-1 || strings.ContainsAny(line, "\n\r\x00") {
			panic("a field of this line holds a tab or a newline: " + line)
		}
		buffer.WriteString(line + "\n")
	}, rand.New(rand.NewSource(20260102)))
	if buffer.Flush() != nil || file.Close() != nil {
		panic("cannot write " + name)
	}
}

func pick[T any](random *rand.Rand, from []T) T {
	return from[random.Intn(len(from))]
}

func main() {
	write("quantity.txt", "text, canonical or error, value, milli value | text, other, order, sum, difference", quantities)
	write("time.txt", "text, seconds or error, nanoseconds, as Time, as MicroTime", times)
	write("base64.txt", "text with escapes, bytes in hexadecimal or error", base64s)
	write("label_selector.txt", "selector, canonical or error, then pairs of labels and match", labelSelectors)
	write("object_selector.txt", "matchLabels, matchExpressions, canonical or error, then pairs of labels and match", objectSelectors)
	write("field_selector.txt", "selector, canonical or error, then pairs of fields and match", fieldSelectors)
	write("names.txt", "text, label key, label value, DNS-1123 label, DNS-1123 subdomain, DNS-1035 label, path segment", names)
}
