package main

import (
	"fmt"
	"math/big"
	"math/rand"
	"strings"

	inf "gopkg.in/inf.v0"
	"k8s.io/apimachinery/pkg/api/resource"
)

var suffixes = []string{"", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei",
	"e0", "e1", "E2", "e3", "e-1", "e-3", "E-9", "e-10", "e+6", "e12", "e18", "e30"}

var mantissas = []string{"0", "1", "-1", "+1", "7", "10", "12", "100", "999", "1000", "1023", "1024", "1025", "1536", "2048", "1000000",
	"1048576", "0.1", "0.5", "1.5", ".5", "5.", "-0.5", "-1.5", "1.500", "0.001", "0.0001", "1.0000000001", "-1.0000000001",
	"0.000000001", "0.0000000001", "0.0009765625", "123456789.123456789", "001", "9223372036854775807", "9223372036854775808",
	"-9223372036854775808", "9223372036854775807.5", "18446744073709551616", "8191", "8192", "1.1111111111111111111111111111111111",
	"0.999999999999999999999999999999999999999999999999999", "99999999999999999999999999999999999999",
	"9007199254740991.99951171875", "9007199254740991.9990234375", "0.000976562499999999999999", "0.00097656250000000000001"}

var oddities = []string{"", " ", "1 ", " 1", ".", "+", "-", "+.", "-.", "..", "1..2", "1.2.3", "--1", "+-1", "1-", "1+", "1e", "1E", "e3", "E",
	"k", "Ki", "-k", ".k", ".Ti", ".Pi", ".Ei", ".e-9", ".e-10", "-e3", "1K", "1ki", "1g", "1i", "1mi", "1mm", "1Kii", "1e3k", "1ke3", "1e1.5",
	"1e+", "1e-", "1e+-1", "1ee3", "1eE3", "1E+3", "1e0003", "1e99999999999999999999", "0x10", "1_000", "1,5", "NaN", "inf", "١", "1\u00b5",
	"1e40", "1e-40", "12345e-40", "1e300", "0e300", "0e-300", "0Ki", "0n", "00", "-0", "0.0", "1n1", "1e2e3", "0.e3"}

// Whether the function that Go has for this may be trusted: it is exact, in range, and not the one that rounds towards zero.
func scaled(q resource.Quantity, scale resource.Scale) string {
	copied := q.DeepCopy()
	exact := new(inf.Dec).Round(copied.AsDec(), inf.Scale(-scale), inf.RoundUp)
	whole := exact.UnscaledBig()
	if !whole.IsInt64() {
		return "overflow"
	}
	got := q.ScaledValue(scale)
	if got != whole.Int64() && q.Sign() > 0 {
		// Go scales up by multiplication of a possibly wrapped number.
		again := q.DeepCopy()
		if again.AsDec().UnscaledBig().IsInt64() {
			panic(fmt.Sprintf("Go's value of %s is %d, not %s", q.String(), got, whole))
		}
	}
	return whole.String()
}

// The canonical text, or "=" and the plain number where Go's text has lost a suffix that does not exist.
func canonical(q resource.Quantity) string {
	number, suffix := q.CanonicalizeBytes(nil)
	text := string(number) + string(suffix)
	if again, err := resource.ParseQuantity(text); err == nil && again.Cmp(q) == 0 {
		return text
	}
	copied := q.DeepCopy()
	dec := copied.AsDec()
	unscaled, scale := new(big.Int).Set(dec.UnscaledBig()), -int64(dec.Scale())
	return fmt.Sprintf("=%se%d", unscaled, scale)
}

func digitsOf(text string) int {
	count := 0
	for _, c := range strings.Trim(strings.ReplaceAll(text, ".", ""), "0") {
		if c >= '0' && c <= '9' {
			count++
		}
	}
	return count
}

func randomQuantity(random *rand.Rand) string {
	digits := func(most int) string {
		var text strings.Builder
		for n := random.Intn(most + 1); n > 0; n-- {
			text.WriteByte(pick(random, []byte("01234567890005")))
		}
		return text.String()
	}
	text := pick(random, []string{"", "", "", "-", "+"}) + digits(19)
	if random.Intn(2) == 0 {
		text += "." + digits(pick(random, []int{3, 12, 18}))
	}
	text += pick(random, suffixes)
	if random.Intn(20) == 0 && len(text) > 0 {
		at := random.Intn(len(text))
		text = text[:at] + string(pick(random, []byte("0.+-eEnumkKMGTPi 9"))) + text[at:]
	}
	return text
}

func quantities(line func(...string), random *rand.Rand) {
	texts := append([]string{}, oddities...)
	for _, mantissa := range mantissas {
		for _, suffix := range suffixes {
			texts = append(texts, mantissa+suffix)
		}
	}
	for i := 0; i < 1800; i++ {
		texts = append(texts, randomQuantity(random))
	}
	var valid []string
	for _, text := range texts {
		q, err := resource.ParseQuantity(text)
		if err != nil {
			line(text, "error")
			continue
		}
		if printed := q.String(); printed != text && printed != canonical(q) && canonical(q)[0] != '=' {
			panic("Go prints " + text + " neither as it is nor in canonical form")
		}
		line(text, canonical(q), scaled(q, 0), scaled(q, resource.Milli))
		if !strings.Contains(text, "300") && !strings.Contains(text, "e40") && digitsOf(text) < 25 {
			valid = append(valid, text)
		}
	}
	// A binary quantity stays one unless it is below 1, which the format of a sum shows.
	pairs := [][2]string{{"0.000976562499999999999999Ki", "1023"}, {"0.0001Ki", "1Mi"}, {"1Ki", "1k"}, {"0Ki", "2048"}, {"2048", "0Ki"}, {"0", "2Ki"}}
	for i := 0; i < 1800; i++ {
		a, b := pick(random, valid), pick(random, valid)
		if i%10 == 0 {
			a = b
		}
		pairs = append(pairs, [2]string{a, b})
	}
	for _, pair := range pairs {
		a, b := pair[0], pair[1]
		x, y := resource.MustParse(a), resource.MustParse(b)
		sum, difference := x.DeepCopy(), x.DeepCopy()
		sum.Add(y)
		difference.Sub(y)
		line(a, b, fmt.Sprint(x.Cmp(y)), canonical(sum), canonical(difference))
	}
}
