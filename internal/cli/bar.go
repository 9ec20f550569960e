package cli

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// bar is a progress bar, or nothing where errs is not a terminal.
type bar struct{ p *progressbar.ProgressBar }

func newBar(errs io.Writer, n int, what string) bar {
	if _, ok := terminalOf(errs); !ok {
		return bar{}
	}
	return bar{progressbar.NewOptions(n,
		progressbar.OptionSetWriter(errs), progressbar.OptionSetDescription(what), progressbar.OptionShowCount(),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(true))}
}

func (b bar) set(n int) {
	if b.p != nil {
		_ = b.p.Set(n) // a bar that cannot be drawn is no reason to stop
	}
}

func (b bar) done() {
	if b.p != nil {
		_ = b.p.Finish()
	}
}

// slowBar is a bar that is not there before work takes long, for work that mostly
// does not.
type slowBar struct {
	bar
	errs  io.Writer
	what  string
	start time.Time
}

// long is what takes so long that one wants to know how far it is.
const long = 2 * time.Second

func newSlowBar(errs io.Writer, what string) *slowBar {
	return &slowBar{errs: errs, what: what, start: time.Now()}
}

func (b *slowBar) set(n, total int) {
	if b.p == nil && time.Since(b.start) > long {
		b.bar = newBar(b.errs, total, b.what)
	}
	b.bar.set(n)
}
