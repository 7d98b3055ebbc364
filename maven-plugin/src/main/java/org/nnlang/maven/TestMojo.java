package org.nnlang.maven;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/** Runs the <code>test</code>s of all programs. */
@Mojo(name = "test", defaultPhase = LifecyclePhase.TEST, threadSafe = true)
public final class TestMojo extends NnMojo {
    /** Leaves the goal out, as it does for every other test. */
    @Parameter(property = "skipTests", defaultValue = "false")
    private boolean skipTests;

    @Override
    void run(List<Path> programs) throws MojoExecutionException, MojoFailureException {
        if (skipTests || programs.isEmpty()) {
            return;
        }
        List<Object> arguments = new ArrayList<>(List.of("test"));
        arguments.addAll(programs);
        if (show(computing(), arguments.toArray()) != 0) {
            throw new MojoFailureException("a test of a .nn program failed");
        }
    }
}
