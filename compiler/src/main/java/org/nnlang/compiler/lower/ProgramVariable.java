package org.nnlang.compiler.lower;

import org.nnlang.compiler.ir.Form.VariableKind;
import org.nnlang.compiler.ir.TensorType;

/// A parameter, a state or a slot.
///
/// @param name      `net.dense.W`; a slot's name begins with its optimizer's: `adam.net.dense.W.m`
/// @param type      of constant shape
/// @param owner     the outermost layer it belongs to, `net` (empty in a [ModelProgram]); for a slot its parameter's
///                  whole name; empty for a step count of a repeated `minimize`
/// @param trainable whether some `minimize` updates it
public record ProgramVariable(String name, VariableKind kind, TensorType type, String owner, boolean trainable) {}
