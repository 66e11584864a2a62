package io.github.mdetr.examples.cli;

import picocli.CommandLine;

/** The version, from the jar's manifest. */
final class Version implements CommandLine.IVersionProvider {

    /** Such as {@code 0.1.0}, or {@code development} outside the jar. */
    static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"mdetr " + text()};
    }
}
