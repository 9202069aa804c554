// Command gendoc writes docs/session.md from the session's table.
package main

import (
	"bytes"
	"flag"
	"log/slog"
	"os"
)

func main() {
	out := flag.String("o", "docs/session.md", "file to write")
	flag.Parse()
	var text bytes.Buffer
	err := writeDoc(&text)
	if err == nil {
		err = os.WriteFile(*out, text.Bytes(), 0o644)
	}
	if err != nil {
		slog.Error("gendoc", "err", err)
		os.Exit(1)
	}
}
