package org.nnlang.cli.repl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.lower.EntryProgram.Computed;
import org.nnlang.runtime.tensor.DType;
import org.nnlang.runtime.tensor.Tensor;
import org.nnlang.runtime.train.TrainingListener;

/// How an answer looks that is a large tensor, or an image.
class TensorTextTest {
    private static Tensor counted(float scale, int... shape) {
        int size = 1;
        for (int dim : shape) {
            size *= dim;
        }
        float[] numbers = new float[size];
        for (int i = 0; i < size; i++) {
            numbers[i] = scale * i;
        }
        return Tensor.of(numbers, shape);
    }

    @Test
    void manyMatricesAreTheFirstAndTheLast() {
        assertEquals("""
                [[[ 0.0,  1.0],
                  [ 2.0,  3.0],
                  [ 4.0,  5.0],
                  [ 6.0,  7.0]],

                 …,

                 [[56.0, 57.0],
                  [58.0, 59.0],
                  [60.0, 61.0],
                  [62.0, 63.0]]]""", TensorText.of(counted(1, 8, 4, 2)));
        assertTrue(TensorText.of(counted(1, 4, 4, 4, 4, 4)).lines().count() < 70, "of each axis");
        assertFalse(TensorText.of(counted(1, 6, 4, 2)).contains("…"), "and few are shown");
    }

    @Test
    void anImageIsDrawnWhereThereAreColours() {
        Tensor image = counted(1 / 200f, 8, 8, 3);
        assertTrue(TerminalPicture.isImage(image));
        assertFalse(TerminalPicture.isImage(counted(1, 8, 8, 3)), "other numbers than those from 0 to 1");
        assertFalse(TerminalPicture.isImage(counted(0, 8, 4, 3)), "too small");
        assertFalse(TerminalPicture.isImage(counted(0, 8, 8, 4)));
        List<String> lines = answer(image, true);
        assertTrue(lines.getFirst().startsWith("f32[8, 8, 3] =\n\u001b[38;2;"), lines::toString);
        assertTrue(lines.getFirst().contains("▀"), lines::toString);
        assertTrue(answer(image, false).getFirst().startsWith("f32[8, 8, 3] =\n[[["), "numbers in a pipe");
    }

    private static List<String> answer(Tensor tensor, boolean colored) {
        var lines = new ArrayList<String>();
        new Output() {
            @Override
            public void line(String text) {
                lines.add(text);
            }

            @Override
            public boolean colored() {
                return colored;
            }

            @Override
            public TrainingListener training() {
                return new TrainingListener() {};
            }
        }.answer("", new Computed("out", new TensorType(DType.F32, Shape.of(8, 8, 3))), Map.of("out", tensor));
        return lines;
    }
}
