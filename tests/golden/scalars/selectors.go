package main

import (
	"fmt"
	"math/rand"
	"sort"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"
)

var labelCases = []string{"", " ", ",", "a", "!a", "! a", "a,", ",a", "a,,b", "a=b", "a==b", "a!=b", "a = b", "a=b,c!=d", "a=", "a==", "a!=", "a=,b", "=b", "!",
	"!!a", "!a=b", "a=b=c", "a===b", "a=!b", "a!b", "a b", "a in (b)", "a in(b,c)", "a in (c,b,b)", "a notin (b)", "a notin ()", "a in ()", "a in (,)",
	"a in (,b)", "a in (b,)", "a in (b,,c)", "a in (b", "a in b", "a in", "a in (", "a in )", "a in (b c)", "a in (b))", "a in (b)c", "a in (b),c", "in", "notin",
	"in in (in)", "notin notin (notin)", "in=notin", "a=in", "a in (in,notin)", "a in (=)", "a in (!)", "a>1", "a<1", "a > 10", "a>-1", "a>+1", "a>x", "a>", "a>=1",
	"a>9223372036854775807", "a>9223372036854775808", "a>01", "a<007", "a><1", "x.io/a=b", "X.io/a", "/a", "x/", "x/y/z", "x.io/a in (b)", "a\tin\t(b)",
	"a-=b", "-a", "a=b-", "a=-b", "a=.b", "a=b.c_d-e", "a=ü", "ü", "a=b;c", "a=\"b\"", "b,a", "z=1,y=2,x=3,a!=4", "a=b,a!=c,a in (d)", "a , b", " a=b ",
	"()", "(a)", "a()", "a(b)", "a=(b)", "a,b,!c,d=e,f!=g,h in (i,j),k notin (l),m>1,n<2",
	"k=" + strings.Repeat("v", 63), "k=" + strings.Repeat("v", 64), strings.Repeat("k", 63), strings.Repeat("k", 64)}

var labelSets = []string{"", "a=b", "a=", "a=b,c=d", "a=c", "a=5", "a=-5", "a=x5", "a=9223372036854775807", "a=in,in=notin", "x.io/a=b", "m=2,n=1", "b=1,z=1,y=2,x=3",
	"a=b,b=b,d=e,h=i,m=5,n=1"}

var fieldCases = []string{"", ",", ",,", "a", "a=b", "a==b", "a!=b", "a===b", "a=!b", "a!b", "=", "==", "!=", "=b", "a=", "a!=", "a=b,c!=d", "c=d,a=b", "a=b,,c=d", "a=b,",
	`a=\,`, `a=\=`, `a=\\`, `a=\`, `a=\x`, `a=b\,c=d`, `a=b\\,c=d`, `a\=b=c`, `a\,b=c`, "a=b=c", "a = b", "metadata.name=x,status.phase!=Running", "a=ü", `a=\ü`,
	"=,a=b", "a=b,a=b", "a!=b,a=b", "a=b c", `a=\,\=\\`, "=,!=", "b!=1,b==1", `\=b`}

var fieldSets = []string{"", "a=b", "a=", "a=b,c=d", "c=e", "metadata.name=x", "metadata.name=x,status.phase=Running", "=b"}

func parsePairs(text string) map[string]string {
	pairs := map[string]string{}
	for _, pair := range strings.Split(text, ",") {
		if key, value, found := strings.Cut(pair, "="); found {
			pairs[key] = value
		}
	}
	return pairs
}

func mangle(random *rand.Rand, pieces []string) string {
	var text strings.Builder
	for n := 1 + random.Intn(9); n > 0; n-- {
		text.WriteString(pick(random, pieces))
	}
	return text.String()
}

func matches(sets []string, match func(map[string]string) bool) []string {
	var result []string
	for _, set := range sets {
		result = append(result, set, fmt.Sprint(match(parsePairs(set))))
	}
	return result
}

func labelSelectors(line func(...string), random *rand.Rand) {
	texts := append([]string{}, labelCases...)
	pieces := []string{"a", "b", "c", "x.io/d", "in", "notin", " in ", " notin ", "(", ")", ",", ",", "=", "==", "!=", "!", ">", "<", "5", "17", "=b", "=c", " ", "(b,c)", "(in)"}
	for i := 0; i < 2000; i++ {
		texts = append(texts, mangle(random, pieces))
	}
	for _, text := range texts {
		escaped := strings.ReplaceAll(text, "\t", `\t`)
		selector, err := labels.Parse(text)
		if err != nil {
			line(escaped, "error")
			continue
		}
		sets := labelSets
		if len(texts) > 500 && len(text) > 0 && random.Intn(3) > 0 {
			sets = []string{pick(random, labelSets), pick(random, labelSets)}
		}
		line(append([]string{escaped, selector.String()}, matches(sets, func(set map[string]string) bool { return selector.Matches(labels.Set(set)) })...)...)
	}
}

// Selectors of API objects. Labels as "a=b,c=d"; expressions as "key operator value value;key operator".
func objectSelectors(line func(...string), random *rand.Rand) {
	keys := []string{"a", "b", "c", "x.io/d", "a", "b", "-", ""}
	operators := []metav1.LabelSelectorOperator{"In", "NotIn", "Exists", "DoesNotExist", "In", "NotIn", "Exists", "Equals", "in"}
	values := []string{"b", "c", "5", "B", "b", "c", "d_e", "-"}
	for i := 0; i < 700; i++ {
		selector := metav1.LabelSelector{MatchLabels: map[string]string{}}
		var labelTexts, expressionTexts []string
		for n := random.Intn(3); n > 0; n-- {
			key, value := pick(random, keys[:6]), pick(random, values[:7])
			if _, found := selector.MatchLabels[key]; !found {
				labelTexts = append(labelTexts, key+"="+value)
			}
			selector.MatchLabels[key] = value
		}
		for n := random.Intn(4); n > 0; n-- {
			expression := metav1.LabelSelectorRequirement{Key: pick(random, keys), Operator: pick(random, operators)}
			most := 1
			if strings.HasSuffix(string(expression.Operator), "In") {
				most = 4
			}
			unique := map[string]bool{}
			for m := random.Intn(most + random.Intn(8)/7); m > 0; m-- {
				value := pick(random, values)
				if !unique[value] {
					expression.Values = append(expression.Values, value)
				}
				unique[value] = true
			}
			selector.MatchExpressions = append(selector.MatchExpressions, expression)
			expressionTexts = append(expressionTexts, strings.Join(append([]string{expression.Key, string(expression.Operator)}, expression.Values...), " "))
		}
		for at, text := range labelTexts {
			key, _, _ := strings.Cut(text, "=")
			labelTexts[at] = key + "=" + selector.MatchLabels[key]
		}
		result := "error"
		made, err := metav1.LabelSelectorAsSelector(&selector)
		if err == nil {
			result = made.String()
		}
		fields := []string{strings.Join(labelTexts, ","), strings.Join(expressionTexts, ";"), result}
		if err == nil {
			sets := []string{pick(random, labelSets), pick(random, labelSets)}
			fields = append(fields, matches(sets, func(set map[string]string) bool { return made.Matches(labels.Set(set)) })...)
		}
		line(fields...)
	}
}

func fieldSelectors(line func(...string), random *rand.Rand) {
	texts := append([]string{}, fieldCases...)
	pieces := []string{"a", "b", "c", "=", "==", "!=", "!", ",", ",", `\`, `\,`, `\=`, `\\`, "=b", "a=", "metadata.name", "x", " "}
	for i := 0; i < 1000; i++ {
		texts = append(texts, mangle(random, pieces))
	}
	for _, text := range texts {
		selector, err := fields.ParseSelector(text)
		if err != nil {
			line(text, "error")
			continue
		}
		sets := []string{pick(random, fieldSets), pick(random, fieldSets), pick(random, fieldSets)}
		line(append([]string{text, selector.String()}, matches(sets, func(set map[string]string) bool { return selector.Matches(fields.Set(set)) })...)...)
	}
}

func names(line func(...string), random *rand.Rand) {
	texts := map[string]bool{"": true, ".": true, "..": true, "a/b": true, "a/b/c": true, "/": true, "a/": true, "/a": true, "A.io/b": true, "a..b": true, "a.-b": true,
		"a%b": true, "...": true, "a.b/c_d": true, "ü": true, "a\u212a": true}
	for _, length := range []int{1, 62, 63, 64, 252, 253, 254} {
		long := strings.Repeat("a", length)
		for _, text := range []string{long, long + "/b", "b/" + long, strings.Repeat("ab.", length/3+1)[:length-1] + "c"} {
			texts[text] = true
		}
	}
	for i := 0; i < 700; i++ {
		texts[mangle(random, []string{"a", "b", "A", "0", "9", "-", ".", "_", "/", "a", "b", "%", "x.io/", " "})] = true
	}
	sorted := make([]string, 0, len(texts))
	for text := range texts {
		sorted = append(sorted, text)
	}
	sort.Strings(sorted)
	verdict := func(problems []string) string { return map[bool]string{true: "1", false: "0"}[len(problems) == 0] }
	for _, text := range sorted {
		line(text, verdict(content.IsLabelKey(text)), verdict(content.IsLabelValue(text)), verdict(content.IsDNS1123Label(text)),
			verdict(content.IsDNS1123Subdomain(text)), verdict(validation.IsDNS1035Label(text)), verdict(content.IsPathSegmentName(text)))
	}
}
