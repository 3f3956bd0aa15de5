"""The shapes of what people send to the imports pages; they validate and never save."""

from feedback.forms.mapping import FieldError, MappingForm, fixed_from, mapping_form, mapping_from
from feedback.forms.uploads import UploadForm

__all__ = ["FieldError", "MappingForm", "UploadForm", "fixed_from", "mapping_form", "mapping_from"]
