// Package page is what all of weft's pages have in common: a frame, and the one
// style, so that each stands alone and is readable on a phone, in the dark, on
// paper and without seeing colours.
package page

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
)

//go:embed frame.html
var frame string

//go:embed style.css
var style string

// New returns a page whose body is a template's text. The text may use `tell`, a
// script that writes the title of what is pointed at in a figure below it, where it
// has an element of class `at`.
func New(body string, funcs template.FuncMap) *template.Template {
	t := template.New("frame").Funcs(template.FuncMap{"style": func() template.CSS { return template.CSS(style) }}).Funcs(funcs)
	return template.Must(template.Must(t.Parse(frame)).New("body").Parse(body))
}

// Write writes a page of New with its title, which is the heading, too. Names in
// data stand as text.
func Write(w io.Writer, t *template.Template, title string, data any) error {
	var text bytes.Buffer
	err := t.ExecuteTemplate(&text, "frame", struct {
		Title string
		Data  any
	}{title, data})
	if err == nil {
		_, err = w.Write(text.Bytes())
	}
	if err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}
