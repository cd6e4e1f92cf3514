package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var oddTimes = []string{"", "Z", "2026", "2026-01-02", "2026-01-02T15:04:05", "2026-01-02t15:04:05Z", "2026-01-02T15:04:05z", "2026-01-02 15:04:05Z",
	"2026-01-02T1:04:05Z", "2026-01-02T1:04:05.5+01:00", "2026-01-02T:04:05Z", "2026-01-02T1:4:05Z", "2026-1-02T15:04:05Z", "2026-01-2T15:04:05Z",
	"2026-01-02T24:00:00Z", "2026-01-02T23:60:00Z", "2026-01-02T23:59:60Z", "2016-12-31T23:59:60Z", "2026-00-02T15:04:05Z", "2026-13-02T15:04:05Z",
	"2026-01-00T15:04:05Z", "2026-01-32T15:04:05Z", "2026-02-29T00:00:00Z", "2024-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2000-02-29T00:00:00Z",
	"2026-04-31T00:00:00Z", "2026-01-02T15:04:05.Z", "2026-01-02T15:04:05.1Z", "2026-01-02T15:04:05,1Z", "2026-01-02T15:04:05.123456789Z",
	"2026-01-02T15:04:05.1234567899Z", "2026-01-02T15:04:05.000000000000000000000000001Z", "2026-01-02T15:04:05.1.2Z", "2026-01-02T15:04:05+00:00",
	"2026-01-02T15:04:05-00:00", "2026-01-02T15:04:05+24:00", "2026-01-02T15:04:05+24:60", "2026-01-02T15:04:05+25:00", "2026-01-02T15:04:05+01:61",
	"2026-01-02T15:04:05+0100", "2026-01-02T15:04:05+01", "2026-01-02T15:04:05*01:00", "2026-01-02T15:04:05+1:00", "2026-01-02T15:04:05ZZ",
	"2026-01-02T15:04:05Z ", " 2026-01-02T15:04:05Z", "+026-01-02T15:04:05Z", "-026-01-02T15:04:05Z", "20x6-01-02T15:04:05Z", "0000-01-01T00:00:00Z",
	"0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59-00:01", "10000-01-01T00:00:00Z", "1969-12-31T23:59:59.5Z",
	"1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "2026-01-02T1:04:05", "2026-01-02T15:04:05.5", "2026/01/02T15:04:05Z", "2026-01-02T15-04-05Z",
	"2026,01-02T15:04:05Z", "2026-01,02T15:04:05Z", "2026-01-02U15:04:05Z", "2026-01-02T15;04:05Z", "2026-01-02T15:04;05Z", "2026-01-02T1;04:05Z",
	"1800-02-29T00:00:00Z", "2200-02-29T00:00:00Z", "2026-01-02T15:04:0/Z", "2026-01-02T15:04::5Z", "202:-01-02T15:04:05Z", "2026-01-02T15:04:0\u00e9Z"}

func jsonText(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	var inside string
	if json.Unmarshal(text, &inside) != nil {
		panic("not a string: " + string(text))
	}
	return inside
}

func times(line func(...string), random *rand.Rand) {
	texts := append([]string{}, oddTimes...)
	for year := 0; year < 10000; year += 211 {
		for month := 1; month <= 12; month++ {
			texts = append(texts, fmt.Sprintf("%04d-%02d-%02dT00:00:00Z", year, month, 27+random.Intn(5)))
		}
	}
	for i := 0; i < 500; i++ {
		at := time.Unix(random.Int63n(10000*31556952)-62167219200, random.Int63n(1e9))
		text := at.In(time.FixedZone("", (random.Intn(2*1439)-1439)*60)).Format(pick(random, []string{time.RFC3339, time.RFC3339Nano, metav1.RFC3339Micro}))
		if random.Intn(4) == 0 {
			where := random.Intn(len(text))
			text = text[:where] + string(pick(random, []byte("0123456789:.,-+TZtz "))) + text[where+1:]
		}
		texts = append(texts, text)
	}
	for _, text := range texts {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			line(text, "error")
			continue
		}
		seconds, micros := at.UTC().Format(time.RFC3339), at.UTC().Format(metav1.RFC3339Micro)
		if !at.IsZero() && (jsonText(metav1.NewTime(at)) != seconds || jsonText(metav1.NewMicroTime(at)) != micros) {
			panic("encoding of " + text)
		}
		line(text, fmt.Sprint(at.Unix()), fmt.Sprint(at.Nanosecond()), seconds, micros)
	}
}
