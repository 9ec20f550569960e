package spell

import "testing"

func TestWhatIsNearIsSuggested(t *testing.T) {
	names := []string{"p", "in", "hidden", "digits"}
	for name, want := range map[string]string{
		"q": "", "i": "", "ni": "", "im": "in", "potential": "", "hiden": "hidden", "diigts": "digits", "rows": "", "weight": "",
	} {
		if got, ok := Nearest(name, names); got != want || ok != (want != "") {
			t.Errorf("Nearest(%q) = %q, %v, want %q", name, got, ok, want)
		}
	}
}
