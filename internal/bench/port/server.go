package port

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// SocketEnv names the environment variable with the path of kioskd's bench socket.
const SocketEnv = "KIOSKD_BENCH_SOCKET"

// Bounds of the socket's conversation.
const (
	maxWait    = 30 * time.Second // of one long poll
	maxMessage = 4 << 10          // bytes of a posted event
	shutdown   = time.Second      // for answers under way at the end
)

const generationHeader = "Kioskd-Generation"

// Serve listens on a unix socket at path, for the owner only, and answers until ctx ends. A socket that an earlier,
// killed kioskd left there is replaced in one step. path is at most 100 bytes long (unix(7): 108 in all).
func Serve(ctx context.Context, path string, kiosk Kiosk) error {
	listener, err := listen(path)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           Handler(kiosk),
		ReadHeaderTimeout: 5 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stopped := context.AfterFunc(ctx, func() {
		end, cancel := context.WithTimeout(context.Background(), shutdown)
		defer cancel()
		_ = server.Shutdown(end)
		_ = server.Close()
	})
	defer stopped()
	err = server.Serve(listener)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("bench/port: serve %s: %w", path, err)
}

// listen makes the socket in a folder of its own that nobody else may enter, restricts it, and then moves it to path:
// there is no moment at which a stranger could connect.
func listen(path string) (net.Listener, error) {
	folder, err := os.MkdirTemp(filepath.Dir(path), "s")
	if err != nil {
		return nil, fmt.Errorf("bench/port: make socket: %w", err)
	}
	defer os.RemoveAll(folder)
	first := filepath.Join(folder, "s")
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: first, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("bench/port: listen: %w", err)
	}
	listener.SetUnlinkOnClose(false) // its name changes
	if err := errors.Join(os.Chmod(first, 0o600), os.Rename(first, path)); err != nil {
		return nil, errors.Join(fmt.Errorf("bench/port: place socket: %w", err), listener.Close())
	}
	return listener, nil
}

// Handler answers the socket's requests from kiosk:
//
//	GET /state?after=REV&wait=SECONDS   State, as soon as its revision is above REV, or after the wait
//	GET /frame                          PNG; header Kioskd-Generation; 204 before the first frame
//	GET /tree                           JSON tree
//	GET /said?after=N                   []Said; empty where there is no voice
//	POST /pointer, POST /key            Pointer, Key; 204
//	POST /clock                         the wall clock was moved; 204
//	POST /pace                          Pace; 204
//	POST /refund                        Refund; Refunded, or 409 and why nothing was paid
//	POST /staff                         Staff; what it ended as a list of words, or 409 and why not
func Handler(kiosk Kiosk) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, r *http.Request) { serveState(w, r, kiosk) })
	mux.HandleFunc("GET /frame", func(w http.ResponseWriter, _ *http.Request) {
		png, generation := kiosk.Frame()
		w.Header().Set(generationHeader, strconv.FormatUint(generation, 10))
		if len(png) == 0 {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(png)
	})
	mux.HandleFunc("GET /tree", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(kiosk.Tree())
	})
	mux.HandleFunc("GET /said", func(w http.ResponseWriter, r *http.Request) { serveSaid(w, r, kiosk) })
	mux.HandleFunc("POST /pointer", func(w http.ResponseWriter, r *http.Request) { take(w, r, kiosk.Pointer) })
	mux.HandleFunc("POST /key", func(w http.ResponseWriter, r *http.Request) { take(w, r, kiosk.Key) })
	mux.HandleFunc("POST /pace", func(w http.ResponseWriter, r *http.Request) { take(w, r, kiosk.Pace) })
	mux.HandleFunc("POST /staff", func(w http.ResponseWriter, r *http.Request) { serveStaff(w, r, kiosk) })
	mux.HandleFunc("POST /refund", func(w http.ResponseWriter, r *http.Request) { serveRefund(w, r, kiosk) })
	mux.HandleFunc("POST /clock", func(w http.ResponseWriter, _ *http.Request) {
		if watcher, ok := kiosk.(ClockWatcher); ok {
			watcher.ClockMoved()
		}
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

func serveState(w http.ResponseWriter, r *http.Request, kiosk Kiosk) {
	after, err := strconv.ParseUint(r.FormValue("after"), 10, 64)
	if err != nil {
		after = 0
	}
	seconds, err := strconv.ParseFloat(r.FormValue("wait"), 64)
	if err != nil || seconds < 0 || seconds > maxWait.Seconds() {
		seconds = 0
	}
	ctx, cancel := context.WithTimeout(r.Context(), time.Duration(seconds*float64(time.Second)))
	defer cancel()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(kiosk.State(ctx, after))
}

func serveStaff(w http.ResponseWriter, r *http.Request, kiosk Kiosk) {
	turn, ok := decode[Staff](w, r)
	if !ok {
		return
	}
	ended, err := kiosk.Staff(r.Context(), turn)
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(append([]string{}, ended...))
}

// take decodes one event and hands it over.
func take[T interface{ Valid() bool }](w http.ResponseWriter, r *http.Request, hand func(T)) {
	if event, ok := decode[T](w, r); ok {
		hand(event)
		w.WriteHeader(http.StatusNoContent)
	}
}

// decode reads one message strictly, and refuses it where it is none.
func decode[T interface{ Valid() bool }](w http.ResponseWriter, r *http.Request) (message T, ok bool) {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxMessage))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&message)
	_, more := decoder.Token() // the end, if the message is all
	if err != nil || !errors.Is(more, io.EOF) || !message.Valid() {
		http.Error(w, "not an event", http.StatusBadRequest)
		return message, false
	}
	return message, true
}
