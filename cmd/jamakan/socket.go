package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/jamakan/jamakan/cmd/jamakan/config"
	"github.com/jamakan/jamakan/desk/export"
	"github.com/jamakan/jamakan/store"
)

// A running gateway holds the database, so the other verbs reach it through a
// unix socket in the data folder, open to the owner only.

// maxSocketPath is the longest path Linux takes for a unix socket
// (sockaddr_un: 108 bytes with the ending NUL).
const maxSocketPath = 107

// socketPath is the socket of a data folder: in it, or, when that path is too
// long for a socket, in the runtime directory under a name of its own.
func socketPath(data string) string {
	path := filepath.Join(data, "jamakan.sock")
	if len(path) <= maxSocketPath {
		return path
	}
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if dir == "" {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "jamakan-"+shortHash(data)+".sock")
}

// listenSocket opens the socket. Whoever calls it holds the database's lock,
// so a socket file that exists is a leftover.
func listenSocket(data string) (net.Listener, error) {
	path := socketPath(data)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("a leftover socket can't be removed: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("the control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// serveOffice answers the verbs over the socket.
func serveOffice(o office) http.Handler {
	mux := http.NewServeMux()
	servePlans(mux, o)
	mux.HandleFunc("POST /export", func(w http.ResponseWriter, r *http.Request) {
		var ask exportAsk
		to := fileSender{w: w}
		err := json.NewDecoder(r.Body).Decode(&ask)
		if err == nil {
			err = o.Export(r.Context(), ask, to.put)
		}
		to.end(err)
	})
	mux.HandleFunc("POST /check", func(w http.ResponseWriter, r *http.Request) {
		lines := json.NewEncoder(w)
		flush := http.NewResponseController(w)
		var last time.Time
		report, err := o.Check(r.Context(), func(done, total uint64) {
			if now := time.Now(); now.Sub(last) > 200*time.Millisecond {
				last = now
				_ = lines.Encode(checkLine{Done: done, Total: total})
				_ = flush.Flush()
			}
		})
		end := checkLine{Report: &report}
		if err != nil {
			end.Err = err.Error()
		}
		_ = lines.Encode(end)
	})
	mux.HandleFunc("POST /outbox", func(w http.ResponseWriter, r *http.Request) {
		view, err := o.Outbox(r.Context())
		reply(w, view, err)
	})
	servePersons(mux, o)
	serveCorrect(mux, o)
	serveBackup(mux, o)
	answers(mux, "/opinions", o.Opinions)
	serveClock(mux, o)
	return mux
}

// closeOffice finishes the verbs under way, as far as their readers let it:
// one that reads a backup slowly does not keep the gateway from stopping.
func closeOffice(ctx context.Context, srv *http.Server) error {
	if err := srv.Shutdown(ctx); err != nil {
		return srv.Close()
	}
	return nil
}

// maxPlan is the most a plan file may hold, in bytes.
const maxPlan = 8 << 20

func reply(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		v = socketError{Message: err.Error(), Use: errors.Is(err, errUse)}
	}
	_ = json.NewEncoder(w).Encode(v)
}

// remoteOffice asks the running gateway.
type remoteOffice struct{ client *http.Client }

// openOffice finds who has the data: the running gateway, or nobody, and then
// this process opens it. Where there is none, none is made: that is a mistyped
// --data, and an empty database would be called good.
func openOffice(ctx context.Context, cfg config.Config, w world) (office, error) {
	if o, running := runningOffice(cfg); running {
		return o, nil
	}
	if err := restoreCut(cfg); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(filepath.Join(cfg.Data, databaseFile)); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: no database in %s; is --data right? jamakan serve makes one", errUse, cfg.Data)
	}
	return openOwn(ctx, cfg, w)
}

// openNewOffice is openOffice for a verb that may set up an empty place.
func openNewOffice(ctx context.Context, cfg config.Config, w world) (office, error) {
	if o, running := runningOffice(cfg); running {
		return o, nil
	}
	return openOwn(ctx, cfg, w)
}

// runningOffice is the running gateway's, if there is one.
func runningOffice(cfg config.Config) (office, bool) {
	path := socketPath(cfg.Data)
	c, err := net.DialTimeout("unix", path, 2*time.Second)
	if err != nil {
		return nil, false
	}
	_ = c.Close()
	return remoteOffice{client: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", path)
		},
	}}}, true
}

// openOwn opens the data in this process, and makes it if it is not there.
func openOwn(ctx context.Context, cfg config.Config, w world) (office, error) {
	p := newProgress(w)
	h, err := openHouse(ctx, cfg, w, logger(cfg, w), p.opened)
	p.done()
	if err != nil {
		return nil, err
	}
	return ownOffice{house: h}, nil
}

// Close leaves the gateway running.
func (o remoteOffice) Close() error { o.client.CloseIdleConnections(); return nil }

func (o remoteOffice) post(ctx context.Context, path string, body io.Reader) (io.ReadCloser, error) {
	res, err := o.request(ctx, path, body)
	if err != nil {
		return nil, err
	}
	return res.Body, nil
}

// request posts, and reads the answer when it is a refusal.
func (o remoteOffice) request(ctx context.Context, path string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://jamakan"+path, body)
	if err != nil {
		return nil, err
	}
	res, err := o.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("the running gateway did not answer: %w; look at its log, or stop it and try again", err)
	}
	if res.StatusCode == http.StatusOK {
		return res, nil
	}
	defer res.Body.Close()
	var said socketError
	if err := json.NewDecoder(res.Body).Decode(&said); err != nil || said.Message == "" {
		return nil, fmt.Errorf("the running gateway answered %s; is it another version?", res.Status)
	}
	return nil, said
}

// Export asks the gateway for a week's files.
func (o remoteOffice) Export(ctx context.Context, ask exportAsk, put func(export.File) error) error {
	res, err := o.request(ctx, "/export", jsonBody(ask))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, params, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil || params["boundary"] == "" {
		return errors.New("the running gateway sent no files; is it another version?")
	}
	return receiveFiles(res.Body, params["boundary"], put)
}

// Check asks the gateway to verify its data while it serves.
func (o remoteOffice) Check(ctx context.Context, progress func(done, total uint64)) (store.Report, error) {
	body, err := o.post(ctx, "/check", nil)
	if err != nil {
		return store.Report{}, err
	}
	defer body.Close()
	for lines := json.NewDecoder(body); ; {
		var line checkLine
		if err := lines.Decode(&line); err != nil {
			return store.Report{}, fmt.Errorf("the check was cut short: %w", err)
		}
		if line.Report == nil {
			progress(line.Done, line.Total)
			continue
		}
		if line.Err != "" {
			return *line.Report, errors.New(line.Err)
		}
		return *line.Report, nil
	}
}
