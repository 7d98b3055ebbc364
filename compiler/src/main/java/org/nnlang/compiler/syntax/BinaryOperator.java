package org.nnlang.compiler.syntax;

/// The operators with two operands, tightest first. `POWER` associates to the right, the others to the left.
public enum BinaryOperator {
    POWER("^"),
    MULTIPLY("*"),
    DIVIDE("/"),
    REMAINDER("%"),
    MATMUL("@"),
    ADD("+"),
    SUBTRACT("-"),
    LESS("<"),
    LESS_EQUAL("<="),
    GREATER(">"),
    GREATER_EQUAL(">="),
    EQUAL("=="),
    NOT_EQUAL("!="),
    AND("&&"),
    OR("||");

    private final String symbol;

    BinaryOperator(String symbol) {
        this.symbol = symbol;
    }

    public String symbol() {
        return symbol;
    }

    public boolean isComparison() {
        return switch (this) {
            case LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL -> true;
            case POWER, MULTIPLY, DIVIDE, REMAINDER, MATMUL, ADD, SUBTRACT, AND, OR -> false;
        };
    }
}
