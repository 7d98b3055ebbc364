package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// What is told of devices, on any machine.
class DevicesTest {
    @Test
    void theProcessorIsAlwaysThere() {
        Answer devices = Answer.to("devices");
        assertEquals(0, devices.exit(), devices::err);
        assertTrue(devices.out().startsWith("cpu "), devices::out);
        Answer doctor = Answer.to("doctor");
        assertEquals(0, doctor.exit(), doctor::err);
        assertTrue(doctor.out().contains("backends: opencl"), doctor::out);
    }

    @Test
    void aDeviceThatIsNotThereIsAnErrorWithAWayOut() {
        String digits = Repository.root().resolve("samples/iris/iris.nn").toString();
        Answer number = Answer.to("train", digits, "--device", "opencl:99");
        assertEquals(1, number.exit());
        assertTrue(number.err().contains("error[NN0860]: there is no device `opencl:99`"), number::err);
        Answer test = Answer.to("test", digits, "--device", "opencl:99");
        assertEquals(1, test.exit());
        assertTrue(test.err().contains("error[NN0860]: there is no device `opencl:99`"), test::err);
        Answer kind = Answer.to("train", digits, "--device", "cuda");
        assertEquals(1, kind.exit());
        assertTrue(kind.err().contains("there is no kind of device called `cuda`"), kind::err);
        assertTrue(kind.err().contains("`opencl` or `auto`"), kind::err);
    }
}
