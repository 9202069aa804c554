package issuingapi

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
)

func TestEveryMessageReadsBackAsItWasWritten(t *testing.T) {
	for _, s := range samples() {
		s.trip(t)
		if err := s.read(s.body); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
	}
}

func TestReaderRefusesWhatTheLibraryLetsThrough(t *testing.T) {
	head := `<s:Envelope xmlns:s="` + soap12.space + `" xmlns:i="` + Namespace + `"><s:Body><i:heartbeat>`
	id := `<i:requestId>` + sampleID.String() + `</i:requestId>`
	town := `<i:municipality>990019</i:municipality>`
	tail := `</i:heartbeat></s:Body></s:Envelope>`
	read := samples()[15].read
	if err := read([]byte(head + id + town + tail)); err != nil {
		t.Fatalf("the good one: %v", err)
	}
	good := map[string]string{
		"declaration and space": `<?xml version="1.0"?>` + "\n" + head + "\n " + id + "\r\n" + town + tail + "\n",
		"comment between":       head + id + "<!-- x -->" + town + tail,
		"other prefix":          strings.ReplaceAll(strings.ReplaceAll(head+id+town+tail, "i:", "q:"), "xmlns:i", "xmlns:q"),
		"CDATA":                 head + id + `<i:municipality><![CDATA[990019]]></i:municipality>` + tail,
		"unknown header": strings.Replace(head+id+town+tail, "<s:Body>",
			`<s:Header><h:a xmlns:h="urn:h" x="1"><h:b/></h:a></s:Header><s:Body>`, 1),
	}
	for name, msg := range good {
		if err := read([]byte(msg)); err != nil {
			t.Errorf("%s was refused: %v", name, err)
		}
	}
	bad := map[string]string{
		"DTD": `<!DOCTYPE x>` + head + id + town + tail,
		"entity": `<!DOCTYPE x [<!ENTITY e "990019">]>` + head + id +
			`<i:municipality>&e;</i:municipality>` + tail,
		"processing instruction": head + id + `<?php x?>` + town + tail,
		"late declaration":       " " + `<?xml version="1.0"?>` + head + id + town + tail,
		"doubled element":        head + id + id + town + tail,
		"doubled last element":   head + id + town + town + tail,
		"missing element":        head + town + tail,
		"missing last element":   head + id + tail,
		"wrong order":            head + town + id + tail,
		"unknown element":        head + id + town + `<i:more/>` + tail,
		"text between":           head + id + "x" + town + tail,
		"text at the end":        head + id + town + "x" + tail,
		"comment inside a value": head + id + `<i:municipality>990<!-- x -->019</i:municipality>` + tail,
		"element inside a value": head + id + `<i:municipality>990<i:b/>019</i:municipality>` + tail,
		"undeclared prefix":      head + id + `<p:municipality>990019</p:municipality>` + tail,
		"no namespace":           head + id + `<municipality>990019</municipality>` + tail,
		"attribute":              head + id + `<i:municipality a="1">990019</i:municipality>` + tail,
		"doubled declaration":    head + id + `<i:municipality xmlns:a="u" xmlns:a="u">990019</i:municipality>` + tail,
		"empty declaration":      head + id + `<i:municipality xmlns:p="">990019</i:municipality>` + tail,
		"second body child":      strings.Replace(head+id+town+tail, "</s:Body>", `<i:heartbeat/></s:Body>`, 1),
		"second body":            strings.Replace(head+id+town+tail, "</s:Body>", `</s:Body><s:Body/>`, 1),
		"after the root":         head + id + town + tail + "<x/>",
		"text after the root":    head + id + town + tail + "x",
		"cut short":              head + id + town,
		"wrong check digit":      head + id + `<i:municipality>990018</i:municipality>` + tail,
		"NUL":                    head + id + "<i:municipality>99001\x009</i:municipality>" + tail,
		"not UTF-8":              head + id + "<i:municipality>\xff90019</i:municipality>" + tail,
		"deep header": strings.Replace(head+id+town+tail, "<s:Body>", "<s:Header>"+strings.Repeat("<a>",
			50)+strings.Repeat("</a>", 50)+"</s:Header><s:Body>", 1),
		"header must be understood": strings.Replace(head+id+town+tail, "<s:Body>",
			`<s:Header><h:a xmlns:h="urn:h" s:mustUnderstand="true"/></s:Header><s:Body>`, 1),
		"SOAP 1.1 envelope": strings.Replace(head+id+town+tail, soap12.space, soap11.space, 1),
	}
	for name, msg := range bad {
		if err := read([]byte(msg)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

func TestBase64IsCutOutOfTheBufferStrictly(t *testing.T) {
	wrap := func(v string) []byte {
		return []byte(`<i:pdf xmlns:i="` + Namespace + `">` + v + `</i:pdf>`)
	}
	read := func(msg []byte) ([]byte, error) {
		c := &codec{r: newReader(msg)}
		var got []byte
		c.bytes("pdf", &got, 1000)
		if c.err == nil {
			c.keep(c.r.end())
		}
		return got, c.err
	}
	want := bytes.Repeat([]byte("見本"), 100)
	text := base64.StdEncoding.EncodeToString(want)
	for name, v := range map[string]string{
		"plain": text, "line breaks": text[:64] + "\r\n" + text[64:128] + "\n" + text[128:], "spaces": "  " + text[:8] +
			" \t" + text[8:] + "\n",
	} {
		if got, err := read(wrap(v)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	for name, v := range map[string]string{
		"empty": "", "only space": " ", "no padding": "QUI", "loose bits": "QUJ=", "inner padding": "QQ==QQ==",
		"entity": "QUI&#x3d;",
		"child":  text + "<i:x/>", "CDATA": "<![CDATA[" + text + "]]>", "comment": text + "<!-- -->", "URL alphabet": "-_-_",
		"too long": base64.StdEncoding.EncodeToString(make([]byte, 1001)),
	} {
		if _, err := read(wrap(v)); !errors.Is(err, errXML) {
			t.Errorf("%s gave %v", name, err)
		}
	}
	if _, err := read([]byte(`<i:pdf xmlns:i="` + Namespace + `"/>`)); !errors.Is(err, errXML) {
		t.Errorf("a closed element gave %v", err)
	}
	if _, err := read(wrap(text)[:60]); !errors.Is(err, errXML) {
		t.Errorf("a cut message gave %v", err)
	}
}

func TestEveryTruncationIsAnError(t *testing.T) {
	for _, s := range samples() {
		whole := bytes.TrimRight(s.body, "\n")
		for n := range len(whole) {
			if s.read(whole[:n]) == nil {
				t.Errorf("%s was read from %d of %d bytes", s.name, n, len(whole))
			}
		}
	}
}

func FuzzReader(f *testing.F) {
	all := samples()
	for i, s := range all {
		f.Add(uint8(i), s.body)
	}
	f.Fuzz(func(t *testing.T, which uint8, msg []byte) {
		_ = all[int(which)%len(all)].read(msg)
	})
}
