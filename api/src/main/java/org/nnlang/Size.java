package org.nnlang;

/// A whole number known when compiling: a number, a hyper-parameter, or a dimension that has a name and stays free. Sizes are made of sizes:
/// `Size.named("d").times(4)`. They say what shape an input has, and may be hyper-parameters.
public final class Size extends Term {
    private Size(Code code) {
        super(code);
    }

    /// A number.
    public static Size of(long number) {
        return new Size(Code.literal(Long.toString(number)));
    }

    /// A dimension. The first input that has it alone as a size binds it; where it stays open, as that of a batch
    /// does, the model takes any.
    ///
    /// @throws IllegalArgumentException for what is no name in the language
    public static Size named(String name) {
        return new Size(Code.name(Names.checked(name)));
    }

    /// A hyper-parameter of the model, with the number that holds unless it is [set][ModelLoader#set]. A checkpoint keeps what a
    /// training set it to.
    ///
    /// @throws IllegalArgumentException for what is no name in the language
    public static Size hyperparameter(String name, long number) {
        return new Size(Code.hyper(Names.checked(name), number));
    }

    public Size plus(Size other) {
        return binary("+", other);
    }

    public Size plus(long other) {
        return plus(of(other));
    }

    public Size minus(Size other) {
        return binary("-", other);
    }

    public Size minus(long other) {
        return minus(of(other));
    }

    public Size times(Size other) {
        return binary("*", other);
    }

    public Size times(long other) {
        return times(of(other));
    }

    /// The quotient, which must be whole.
    public Size div(Size other) {
        return binary("/", other);
    }

    /// The quotient, which must be whole.
    public Size div(long other) {
        return div(of(other));
    }

    private Size binary(String operator, Size other) {
        return new Size(Code.binary(operator, code(), other.code()));
    }
}
