package org.nnlang.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NearestTest {
    @Test
    void ofTwoThatAreEquallyNearTheOneInTheSameCaseIsMeant() {
        var names = List.of("BLEU", "relu");
        assertEquals(Optional.of("relu"), Nearest.of("rleu", names));
        assertEquals(Optional.of("BLEU"), Nearest.of("bleu", names));
        assertEquals(Optional.empty(), Nearest.of("softmax", names));
    }
}
