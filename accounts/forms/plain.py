"""The form every page of this floor starts from."""

from typing import Any

from django import forms


class PlainForm(forms.Form):
    """A form whose fields wear the classes of static/app.css; templates/components/field.html draws them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.RadioSelect):
                field.widget.attrs.setdefault("class", "in")
