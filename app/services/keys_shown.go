package services

import (
	"crypto/x509"
	"strings"
	"time"

	"oneid/app/internal/samlkey"
	"oneid/app/internal/words"
	"oneid/db"
	"oneid/views/i18n"
	view "oneid/views/services"
)

// shownKeyUses are our keys as the page has them: by use, with what comes next.
func shownKeyUses(s KeyState, now time.Time) []view.KeyUse {
	signs := map[string]int{}
	for _, line := range s.Services {
		signs[line.Uses]++
	}
	var all []view.KeyUse
	for _, use := range []string{db.KeySigning, db.KeyEncryption, db.KeyMetadata} {
		u := view.KeyUse{Use: use, Road: road(s, use, now)}
		for _, k := range s.Keys {
			if k.Use != use {
				continue
			}
			shown := shownOwnKey(k)
			shown.Services = signs[k.ID]
			if k.State == db.KeyRetired {
				u.Retired = append(u.Retired, shown)
			} else {
				u.Alive = append(u.Alive, shown)
			}
		}
		for _, step := range s.Steps {
			if step.Key.Use == use {
				u.Next = append(u.Next, shownStep(step, now))
			}
		}
		all = append(all, u)
	}
	return all
}

func shownOwnKey(k db.SAMLKey) view.OwnKey {
	shown := view.OwnKey{ID: k.ID, Algorithm: k.Algorithm, State: k.State, Fingerprint: k.Fingerprint, Since: k.CreatedAt}
	for state, at := range map[string]*time.Time{db.KeyCurrent: k.CurrentAt, db.KeyRetiring: k.RetiringAt, db.KeyRetired: k.RetiredAt} {
		if k.State == state && at != nil {
			shown.Since = *at
		}
	}
	if cert, err := x509.ParseCertificate(k.Certificate); err == nil {
		shown.From, shown.Until = cert.NotBefore, cert.NotAfter
	}
	return shown
}

func shownStep(step samlkey.Step, now time.Time) view.KeyStep {
	shown := view.KeyStep{
		Do: step.Do, Use: step.Key.Use, Algorithm: step.Key.Algorithm, Key: step.Key.ID, Due: step.Due, Now: !now.Before(step.Due), Missing: len(step.Missing),
	}
	if step.Do == samlkey.DoSwitch {
		shown.File = fileOf(step.Key)
	}
	return shown
}

// fileOf names the file of a key's private part; empty for one in a token.
func fileOf(k db.SAMLKey) string {
	name, isFile := strings.CutPrefix(k.Place, samlkey.FilePlace)
	if !isFile {
		return ""
	}
	return name
}

// road are the stages of a change of the RSA signing key that is under way: the
// one change that others have to follow.
func road(s KeyState, use string, now time.Time) []view.KeyStage {
	if use != db.KeySigning {
		return nil
	}
	if step, coming := stepOf(s, samlkey.DoSwitch); coming {
		have := 0
		for _, line := range s.Services {
			if _, has := samlkey.Has(step.Key, line.Row); has {
				have++
			}
		}
		due := !now.Before(step.Due)
		return []view.KeyStage{
			{What: "made", Done: true, Key: step.Key.ID, On: step.Key.CreatedAt},
			{What: "fetched", Done: have == len(s.Services), Now: have < len(s.Services), Key: step.Key.ID, Have: have, Of: len(s.Services)},
			{What: "signs", Now: due, Key: step.Key.ID, On: step.Due},
			{What: "lags"}, {What: "retired"},
		}
	}
	step, ending := stepOf(s, samlkey.DoRetire)
	if !ending {
		return nil
	}
	var current db.SAMLKey
	have := 0
	for _, k := range s.Keys {
		if k.Use == db.KeySigning && k.Algorithm == step.Key.Algorithm && k.State == db.KeyCurrent {
			current = k
		}
	}
	for _, line := range s.Services {
		if _, has := samlkey.Has(current, line.Row); has {
			have++
		}
	}
	signs := view.KeyStage{What: "signs", Done: true, Key: current.ID}
	if current.CurrentAt != nil {
		signs.On = *current.CurrentAt
	}
	return []view.KeyStage{
		{What: "made", Done: true, Key: current.ID, On: current.CreatedAt},
		{What: "fetched", Done: true, Key: current.ID, Have: have, Of: len(s.Services)},
		signs,
		{What: "lags", Done: len(step.Missing) == 0, Now: len(step.Missing) > 0, Have: len(step.Missing), Until: step.Due},
		{What: "retired", Now: len(step.Missing) == 0},
	}
}

func stepOf(s KeyState, do string) (samlkey.Step, bool) {
	for _, step := range s.Steps {
		if step.Do == do && step.Key.Use == db.KeySigning && step.Key.Algorithm == samlkey.RSA {
			return step, true
		}
	}
	return samlkey.Step{}, false
}

func shownKeyService(s KeyService) view.KeyServiceLine {
	line := view.KeyServiceLine{ID: string(s.ID), Name: words.Both(s.NameEn, s.NameFr), Uses: s.Uses, HasNewest: s.HasNewest, Since: s.Since}
	if s.Row.SigningKey == s.Uses && s.Row.KeepOldUntil != nil {
		line.Until = *s.Row.KeepOldUntil
	}
	return line
}

func (s KeyState) names(rows []db.ServiceProvider) []map[i18n.Lang]string {
	var list []map[i18n.Lang]string
	for _, row := range rows {
		for _, line := range s.Services {
			if line.Row.EntityID == row.EntityID {
				list = append(list, words.Both(line.NameEn, line.NameFr))
			}
		}
	}
	return list
}
