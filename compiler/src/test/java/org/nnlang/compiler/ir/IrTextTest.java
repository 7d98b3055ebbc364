package org.nnlang.compiler.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.compiler.op.Ops;
import org.nnlang.runtime.tensor.DType;

class IrTextTest {
    /// Every form, every attribute, odd names and odd numbers.
    private static final String EVERYTHING = """
            procedure everything(%0, %1, %2) {
                %0: f32[b, 2*t, 4] = input() {"x"}
                %1: i32[b] = input() {"a \\"quoted\\" name\\\\"}
                %2: bool = input() {"flag"}
                %3: f32[4, 3] = variable() {parameter "layer.W"}
                %4: f32 = variable() {state " count"}
                %5: f32[4, 3] = variable() {slot "layer.W/m"}
                %6: f32[b, 2*t, 4] = constant() {0.1}
                %7: f32[3] = constant() {[1.0E-10, NaN, -Infinity]}
                %8: i32[2] = constant() {[-1, 2147483647]}
                %9: bool[b] = constant() {true}
                %10: u8[2] = constant() {[0, 255]}
                %11: i32 = size() {b*t^2 - 1/2*t + 1}
                %12: i32[b, 3] = iota() {axis=1}
                %13: f32[b, 2*t, 4] = add(%0, %6)
                %14: f32[4] = reduce_product(%13) {axes=[0, 1]}
                %15: i32[b, 4] = argmin(%13) {axes=[1]}
                %16: f32[b, 2*t, 3] = contract(%13, %3) {contract=[2]x[0]}
                %17: f32[b, 2*t, 2*t] = contract(%13, %13) {batch=[0]x[0], contract=[2]x[2]}
                %18: f32[8*b*t] = reshape(%13)
                %19: f32[4, b, 2*t] = transpose(%13) {[2, 0, 1]}
                %20: f32[b - 1, t, 2] = slice(%13) {[1:b, 0:2*t:2, 0:4:3]}
                %21: f32[b, 2*t, 2] = pad(%20) {[1:0, 0:t, 0:0]}
                %22: f32[b, 2*t, 6] = concat(%13, %21) {axis=2}
                %23: f32[b, 4, 5] = broadcast(%14) {axes=[1]}
                %24: f32[b, 3] = gather(%3, %1)
                %25: f32[7, 3] = scatter_add(%1, %24)
                %26: f32[b, 2] = uniform() {stream=-5}
                %27: f32[b] = normal() {stream=9223372036854775807}
                %28: f32[b] = stop_gradient(%27)
                %29: f32[b, 3] = running_sums(%24)
                %30: f32[b, 3] = running_sums_backwards(%29)
                %31: i32[b, 3] = order_ascending(%30)
                %32: i32[b, 3] = order_descending(%31)
                %33: f32[7, 3] = point(%25) {number=4}
                output "a" = %2
                output "b" = %4
                output "c" = %5
                output "d" = %7
                output "e" = %8
                output "f" = %9
                output "g" = %10
                output "h" = %11
                output "i" = %12
                output "j" = %15
                output "k" = %16
                output "l" = %17
                output "m" = %18
                output "n" = %19
                output "o" = %22
                output "p" = %23
                output "q" = %33
                output "s" = %32
                output "r" = %26
                update state " count" = %28
            }
            """;

    private static Procedure parse(String text) {
        return IrText.parse(text, new Graph(), Ops::named);
    }

    @Test
    void whatIsReadIsPrintedAgain() {
        assertEquals(EVERYTHING, parse(EVERYTHING).toString());
    }

    @Test
    void aNodePrintsAsItsLine() {
        var graph = new Graph();
        var x = graph.input("x", new TensorType(DType.F32, Shape.of(Dim.symbol("b"), Dim.of(3))));
        assertEquals("%0: f32[b, 3] = input() {\"x\"}", x.toString());
        assertEquals("%1: f32[b] = reduce_sum(%0) {axes=[1]}", graph.sum(x, List.of(1)).toString());
    }

    @Test
    void commentsAndBlankLinesSayNothing() {
        var procedure = parse(
                "// a comment\n\nprocedure p() {\n  // another\n  %a: f32 = constant() {1}\n\noutput \"y\" = %a\n}");
        assertEquals("p", procedure.name());
        assertEquals(1, procedure.outputs().size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "%0: f32 = constant() {1.0}; %1: f32 = neg(%2) | line 3: %1: f32 = neg(%2): %2 is not defined",
        "%0: f32[2] = constant() {1.0}; %1: f32 = neg(%0) | line 3: %1: f32 = neg(%0): the type is f32[2]",
        "%0: f32 = constant() {1.0}; %1: f32 = cosh(%0) | no form and no operation is called `cosh`",
        "%0: f64 = constant() {1.0} | no DType is called `f64`",
        "%0: f32 = constant() {one} | expected a number at `one}`",
        "%0: f32 = constant() {1.0 | expected `}` at ``",
        "%0: f32 = constant() {1.0} again | expected the end of the line at `again`",
        "%0: f32 constant() {1.0} | expected `=` at `constant() {1.0}`",
    })
    void aMistakeIsNamedWithItsLine(String lines, String message) {
        var text = "procedure p() {\n" + lines.replace("; ", "\n") + "\n}\n";
        var error = assertThrows(IrException.class, () -> parse(text));
        assertTrue(error.getMessage().contains(message), error.getMessage());
    }

    @Test
    void aHundredThousandNodesDeep() {
        var graph = new Graph();
        var y = graph.constant(1);
        for (int i = 0; i < 100_000; i++) {
            y = graph.apply(Ops.SIN, y);
        }
        var procedure = new Procedure("deep", List.of(), List.of(new Procedure.Output("y", y)), List.of());
        var text = Verifier.verify("build", graph, procedure).toString();
        assertEquals(text, parse(text).toString());
    }
}
