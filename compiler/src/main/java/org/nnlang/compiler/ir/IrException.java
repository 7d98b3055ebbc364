package org.nnlang.compiler.ir;

/// The compiler broke a rule of its own IR: never a mistake in a user's program, which is found before IR is built.
public final class IrException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public IrException(String message) {
        super(message);
    }

    public IrException(String message, Throwable cause) {
        super(message, cause);
    }
}
