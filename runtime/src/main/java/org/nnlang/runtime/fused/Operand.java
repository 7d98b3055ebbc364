package org.nnlang.runtime.fused;

import org.nnlang.runtime.tensor.DType;

/// Memory that a program reads or writes: a float array for f32, an int array for i32, bool (0 and 1) and u8.
/// `name` is for readers alone.
public record Operand(String name, DType type, Columns columns) {}
