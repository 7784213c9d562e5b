package main

import (
	"context"
	"encoding/hex"
	"iter"

	"github.com/jamakan/jamakan/civic"
	"github.com/jamakan/jamakan/desk/export"
	"github.com/jamakan/jamakan/store"
)

// files are a week's files, for the verb, the desk and Monday alike.
func (h *house) files(ctx context.Context, o export.Options) ([]export.File, error) {
	src, err := h.weekSource(ctx, o.Week, h.book.WeekReport)
	if err != nil {
		return nil, err
	}
	told, err := h.book.Told(ctx, o.Week)
	if err != nil {
		return nil, err
	}
	src.Told = telling(told)
	return export.Render(src, o)
}

// fileNames are the names of a week's files, for the desk's page of them: of
// many weeks and messages nothing is read.
func (h *house) fileNames(ctx context.Context, o export.Options) ([]string, error) {
	src, err := h.weekSource(ctx, o.Week, h.book.WeekGlance)
	if err != nil {
		return nil, err
	}
	return export.Names(src, o)
}

// weekSource is what is known of a week for its files, but for what may be
// told of its votes. Weeks that ended are closed first, so that what is printed
// of them is printed for ever.
func (h *house) weekSource(ctx context.Context, w civic.Week, read func(context.Context, civic.Week) (civic.Report, error)) (*export.Source, error) {
	if err := h.book.CloseWeeks(ctx); err != nil {
		return nil, err
	}
	sheets, err := h.book.Heads(ctx, w)
	if err != nil {
		return nil, err
	}
	catalog, err := languages(h.cfg)
	if err != nil {
		return nil, err
	}
	src := &export.Source{
		Series: sheets, Catalog: catalog,
		Gateway: export.Gateway{Ussd: firstCode(h.cfg), ShortCode: h.cfg.ShortCode, Contact: h.cfg.Contact},
	}
	if src.Corrections, err = h.book.Corrections(ctx, w); err != nil {
		return nil, err
	}
	report, err := read(ctx, w)
	if err != nil {
		return nil, err
	}
	if len(report.Plans) == 0 { // closed before there were reports
		return src, nil
	}
	src.Report = &report
	src.Counted = export.Counted{Traffic: true, Ballots: true, Feedback: true, Messages: true}
	src.Leaves = h.leaves(ctx, report.LogSize)
	return src, nil
}

// telling is what was told, as files ask for it.
func telling(all []store.Told) export.Telling {
	return func(consultation string, least int64) (now, before civic.Published) {
		for i := range all {
			if all[i].Sheet.Consultation.Code == consultation {
				return all[i].Now[least], all[i].Before[least]
			}
		}
		return now, before
	}
}

// leaves reads the log's leaves as they are asked for.
func (h *house) leaves(ctx context.Context, size uint64) iter.Seq2[export.Leaf, error] {
	return func(yield func(export.Leaf, error) bool) {
		more := true
		err := h.book.Leaves(ctx, size, func(index uint64, receipt string, leaf [32]byte) bool {
			more = yield(export.Leaf{Index: index, Receipt: receipt, Hash: hex.EncodeToString(leaf[:])}, nil)
			return more
		})
		if err != nil && more {
			yield(export.Leaf{}, err)
		}
	}
}
