// Command gen writes the constructors of locales/msg from the catalogue. It writes nothing where the seven files do not
// fit each other, and says each place where they do not.
package main

import (
	"flag"
	"log/slog"
	"os"
)

func main() {
	dir := flag.String("dir", "locales", "folder of the catalogue")
	out := flag.String("o", "locales/msg/msg_gen.go", "file to write")
	flag.Parse()
	source, err := generate(os.DirFS(*dir))
	if err == nil {
		err = os.WriteFile(*out, source, 0o644)
	}
	if err != nil {
		slog.Error("gen", "err", err)
		os.Exit(1)
	}
}
