package org.nnlang.runtime.json;

/// A text that is not JSON, or JSON of another form than its reader expects.
public final class JsonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public JsonException(String message) {
        super(message);
    }
}
