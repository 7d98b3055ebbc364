package org.nnlang.compiler.op;

import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;

/// A node with arithmetic, in which rules read like their mathematics. Numbers take the type and shape of the node
/// they meet.
public record Formula(Graph graph, Node node) {
    public Formula plus(Formula other) {
        return apply(Ops.ADD, other);
    }

    public Formula plus(double other) {
        return plus(like(other));
    }

    public Formula minus(Formula other) {
        return apply(Ops.SUB, other);
    }

    public Formula minus(double other) {
        return minus(like(other));
    }

    public Formula times(Formula other) {
        return apply(Ops.MUL, other);
    }

    public Formula times(double other) {
        return times(like(other));
    }

    public Formula over(Formula other) {
        return apply(Ops.DIV, other);
    }

    public Formula pow(Formula other) {
        return apply(Ops.POW, other);
    }

    public Formula negate() {
        return apply(Ops.NEG);
    }

    public Formula sign() {
        return apply(Ops.SIGN);
    }

    public Formula exp() {
        return apply(Ops.EXP);
    }

    public Formula log() {
        return apply(Ops.LOG);
    }

    public Formula sin() {
        return apply(Ops.SIN);
    }

    public Formula cos() {
        return apply(Ops.COS);
    }

    public Formula floor() {
        return apply(Ops.FLOOR);
    }

    /// Where this is less than `other`.
    public Formula lessThan(Formula other) {
        return apply(Ops.LT, other);
    }

    /// Where this is greater than `other`.
    public Formula greaterThan(Formula other) {
        return other.lessThan(this);
    }

    /// Where this is greater than `other`.
    public Formula greaterThan(double other) {
        return greaterThan(like(other));
    }

    /// Where this equals `other`.
    public Formula equalTo(Formula other) {
        return apply(Ops.EQ, other);
    }

    /// Where this equals `other`.
    public Formula equalTo(double other) {
        return equalTo(like(other));
    }

    /// Where both conditions hold.
    public Formula and(Formula other) {
        return apply(Ops.AND, other);
    }

    /// `then` where this condition holds, else `otherwise`.
    public Formula choose(Formula then, Formula otherwise) {
        return apply(Ops.SELECT, then, otherwise);
    }

    /// `then` where this condition holds, else `otherwise`.
    public Formula choose(double then, Formula otherwise) {
        return choose(otherwise.like(then), otherwise);
    }

    /// `then` where this condition holds, else `otherwise`.
    public Formula choose(Formula then, double otherwise) {
        return choose(then, then.like(otherwise));
    }

    /// A bool, i32 or u8 as f32.
    public Formula toF32() {
        return apply(Ops.TO_F32);
    }

    /// A constant of this one's type and shape.
    public Formula like(double value) {
        return new Formula(graph, graph.fill(node.type(), value));
    }

    private Formula apply(ElementwiseOp op, Formula... others) {
        var inputs = new Node[others.length + 1];
        inputs[0] = node;
        for (int i = 0; i < others.length; i++) {
            inputs[i + 1] = others[i].node;
        }
        return new Formula(graph, graph.apply(op, inputs));
    }
}
