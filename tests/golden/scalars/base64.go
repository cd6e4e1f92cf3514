package main

import (
	"encoding/base64"
	"encoding/hex"
	"math/rand"
	"strings"
)

var oddBase64 = []string{"", "=", "==", "====", "A", "AA", "AAA", "AAAA", "A=", "AA=", "AAA=", "AA==", "A===", "AA=A", "AAA==", "AA===", "AAAA=", "AB==", "AAB=",
	"AAAA\nAAAA", "A\nA\r\nA\nA", "\n", "\r\n\r\n", "AA\n==", "AA=\n=", "AA==\n", "AAA=\r\n", "AA==A", "AA==AAAA", "A A=", "AA-_", "AA+/", "AAAA====",
	"AA\n=A", "AA\n", "A\n", "AAAA\n=", "\nAAAA", "AA.="}

func base64s(line func(...string), random *rand.Rand) {
	texts := append([]string{}, oddBase64...)
	for i := 0; i < 300; i++ {
		data := make([]byte, random.Intn(50))
		random.Read(data)
		text := base64.StdEncoding.EncodeToString(data)
		if i%2 == 0 && len(text) > 0 {
			at := random.Intn(len(text))
			text = text[:at] + pick(random, []string{"\n", "\r", "=", "*", "\n\n", "A", ""}) + text[at:]
		}
		texts = append(texts, text)
	}
	for _, text := range texts {
		data, err := base64.StdEncoding.DecodeString(text)
		result := hex.EncodeToString(data)
		if err != nil {
			result = "error"
		}
		line(strings.NewReplacer("\n", `\n`, "\r", `\r`).Replace(text), result)
	}
}
