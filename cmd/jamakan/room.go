package main

import (
	"github.com/jamakan/jamakan/desk"
	"github.com/jamakan/jamakan/desk/guard"
)

// room is what the desk's pages are made of.
func (s *servers) room() (desk.Config, error) {
	h := s.house
	catalog, err := languages(h.cfg)
	if err != nil {
		return desk.Config{}, err
	}
	door, err := guard.New(guard.Config{Book: h.book, Now: h.now, Logger: s.log, Encrypted: h.cfg.BehindProxy || h.cfg.TLS.DeskCert != ""})
	if err != nil {
		return desk.Config{}, err
	}
	code := firstCode(h.cfg)
	if _, ch, err := phoneChannel(h.cfg); err == nil {
		code = ch.Codes[0] // what the page's phone shows that it dials
	}
	room := desk.Config{
		Book: h.book, Guard: door, Words: catalog.Default(h.cfg.Language), Catalog: catalog, Now: h.now,
		Files: h.files, FileNames: h.fileNames, Phone: s.phone(), Demo: h.cfg.Demo, Logger: s.log, Version: version(), Code: code, Short: h.cfg.ShortCode,
		Disk: h.free, Figures: s.figures, Broken: s.broken,
	}
	room.Doors = desk.Doors{Refused: s.doors.refused, Unusual: s.doors.unusual}
	if room.Spell, err = spellAnswers(h.cfg, h.book); err != nil {
		return room, err
	}
	if room.Screens, err = s.rehearse(); err != nil {
		return room, err
	}
	if s.texts.stand != nil {
		room.Texts = texting{s.texts.stand}
	}
	if len(h.cfg.SMS) > 0 {
		room.Mail, room.Posts = mail{s, &counted{}}, s.posts
		room.Many = s.many
	}
	return room, nil
}
