package main

import (
	"bytes"
	"os"
	"testing"
)

func TestDocumentIsTheTable(t *testing.T) {
	var now bytes.Buffer
	if err := writeDoc(&now); err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile("../../../../docs/session.md")
	if err != nil || !bytes.Equal(now.Bytes(), committed) {
		t.Errorf("docs/session.md is not the table (%v): run go generate ./internal/terminal/session", err)
	}
}
