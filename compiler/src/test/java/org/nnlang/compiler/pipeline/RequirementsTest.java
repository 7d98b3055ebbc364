package org.nnlang.compiler.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.lower.ModelProgram;
import org.nnlang.compiler.lower.TestSources;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;

class RequirementsTest {
    private static final String MODEL = """
            model Halves()(x: f32[b, t]) -> f32[b] {
                require t % 2 == 0 && t <= 8 || b == 7 : "rows of $t do not split"
                require b != 5 : "five rows"
                sum(x, along = t)
            }
            """;

    private static Image image() {
        ModelProgram program = Objects.requireNonNull(FrontEnd.model(
                new SourceFile("model.nn", MODEL), new TestSources(List.of()), null, Map.of())
                .program());
        return BackEnd.model(program).apply().image();
    }

    private static void bind(Image image, int b, int t) {
        try (var team = Team.of(1)) {
            Instance.bind(
                    image, CompiledProgram.interpreted(), new Memory(image.variables()), Map.of("b", b, "t", t), team);
        }
    }

    private static String refused(Image image, int b, int t) {
        NnException refusal = assertThrows(NnException.class, () -> bind(image, b, t));
        assertEquals("NN0413", refusal.code());
        return String.valueOf(refusal.getMessage());
    }

    @Test
    void aRequirementOnFreeDimensionsIsCheckedWhenSizesAreBound() {
        Image image = image();
        bind(image, 2, 4);
        bind(image, 7, 3);
        assertEquals("rows of t do not split", refused(image, 2, 3));
        assertEquals("rows of t do not split", refused(image, 2, 10));
        assertEquals("five rows", refused(image, 5, 2));
    }

    @Test
    void itTravelsWithTheImage() throws IOException {
        var bytes = new ByteArrayOutputStream();
        image().encode(bytes);
        Image read = Image.decode(new ByteArrayInputStream(bytes.toByteArray()));
        bind(read, 2, 4);
        assertEquals("rows of t do not split", refused(read, 2, 3));
        assertEquals("five rows", refused(read, 5, 2));
    }
}
