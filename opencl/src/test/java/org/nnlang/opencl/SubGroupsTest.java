package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrText;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.RandomGraphs;
import org.nnlang.compiler.plan.Planner;
import org.nnlang.compiler.plan.Running;
import org.nnlang.compiler.plan.VariableLayout;
import org.nnlang.opencl.code.SubGroup;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Options;

/// Reductions within sub-groups give the bits that they give through local memory. Since processors have no sub-groups, local
/// memory plays them here, under the names by which kernels call them.
class SubGroupsTest extends OverFaultyDriver {
    static SubGroup played(int size, String other) {
        return new SubGroup(
                "played", size, "", """
                        #define nn_across_int(x, hop) ({ barrier(CLK_LOCAL_MEM_FENCE); played[item] = (x); \\
                            barrier(CLK_LOCAL_MEM_FENCE); const int y_ = played[OTHER]; y_; })
                        #define nn_across(x, hop) as_float(nn_across_int(as_int(x), hop))
                        """.replace("OTHER", other),
                "__local int played[GROUP];\n");
    }

    @ParameterizedTest
    @CsvSource({"32, 70, 33", "16, 3, 300", "32, 1, 5000"})
    void bitsDoNotDependOnThem(int size, int rows, int columns) {
        var procedure = IrText.parse("""
                procedure rows(%0, %1) {
                    %0: f32[n, d] = input() {"x"}
                    %1: i32[n, d] = input() {"k"}
                    %2: f32[n] = reduce_sum(%0) {axes=[1]}
                    %3: f32[n] = reduce_max(%0) {axes=[1]}
                    %4: i32[n] = argmax(%0) {axes=[1]}
                    %5: i32[n] = argmin(%1) {axes=[1]}
                    %6: i32[n] = reduce_sum(%1) {axes=[1]}
                    %7: f32[n, d] = broadcast(%2) {axes=[0]}
                    %8: f32[n, d] = sub(%0, %7)
                    %9: f32[n, d] = mul(%8, %8)
                    %10: f32[n] = reduce_sum(%9) {axes=[1]}
                    output "sum" = %2
                    output "max" = %3
                    output "argmax" = %4
                    output "argmin" = %5
                    output "ints" = %6
                    output "squares" = %10
                }
                """, new Graph(), Ops::named);
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        var random = new Random(1);
        var bindings = new Bindings(
                Map.of("n", (long) rows, "d", (long) columns),
                Map.of("x", random.doubles((long) rows * columns, -1, 1).map(x -> Math.round(x * 50) / 50.0).toArray(),
                        "k", random.ints((long) rows * columns, -50, 50).asDoubleStream().toArray()),
                Map.of(), RandomGraphs::draw);
        try (OpenClAccelerator device = driver.open()) {
            Map<String, double[]> plain = Running.run(
                    image, CompiledProgram.interpreted(), procedure, bindings, new Options(Tier.SCALAR), 1, device)
                    .outputs();
            assertTrue(device.adopt(played(size, "item ^ (hop)")));
            Map<String, double[]> found = Running.run(
                    image, CompiledProgram.interpreted(), procedure, bindings, new Options(Tier.SCALAR), 1, device)
                    .outputs();
            plain.forEach((name, values) -> assertArrayEquals(values, found.get(name), name));
        }
        assertEquals(0, driver.count(), driver.objects::toString);
    }

    @Test
    void aFormThatDoesNotCompileOrGivesOtherNumbersIsNotTaken() {
        try (OpenClAccelerator device = driver.open()) {
            assertFalse(device.adopt(played(32, "item")));
            assertFalse(device.adopt(played(32, "item ^ (hop) ^ (item == 77)")));
            assertFalse(device.adopt(new SubGroup("nothing", 32, "", "", "")));
            driver.failAt("enqueue", 1, -5, false);
            assertFalse(device.adopt(played(32, "item ^ (hop)")));
            assertTrue(device.adopt(played(32, "item ^ (hop)")));
        }
        assertEquals(0, driver.count(), driver.objects::toString);
    }

    @Test
    void onlyWhatADriverNamesIsTried() {
        assertEquals(List.of(), SubGroup.claimed("The pocl project", List.of("cl_khr_fp64", "cl_khr_subgroups")));
        assertEquals(1, SubGroup.claimed("NVIDIA Corporation", List.of()).size());
        assertEquals(
                List.of(32, 16),
                SubGroup.claimed(
                        "Intel(R) Corporation", List.of("cl_intel_subgroups", "cl_intel_required_subgroup_size"))
                        .stream().map(SubGroup::size).toList());
    }
}
