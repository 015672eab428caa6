package letter

// Forms are the page and the plain text of a letter, without its workbook.
func Forms(in Input) (html, text string, err error) {
	v, err := newView(&in)
	if err != nil {
		return "", "", err
	}
	if html, err = v.html(); err != nil {
		return "", "", err
	}
	text, err = v.text()
	return html, text, err
}
