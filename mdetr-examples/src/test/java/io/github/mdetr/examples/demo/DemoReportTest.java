package io.github.mdetr.examples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mdetr.examples.synthetic.RenderedScene;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;

/** The report; pointed at in a headless Chromium where one is installed: /usr/bin/chromium with its driver, or -Dmdetr.chromium. */
@Timeout(120)
class DemoReportTest {
    private static final Path CHROMIUM = Path.of(System.getProperty("mdetr.chromium", "/usr/bin/chromium"));
    private static final Path DRIVER = Path.of(System.getProperty("mdetr.chromedriver", "/usr/bin/chromedriver"));

    @TempDir
    Path folder;

    private static List<GroundedScene> scenes() {
        RenderedScene chain = Oracle.scene(CaptionKind.CHAIN);
        return List.of(Oracle.grounded(chain), Oracle.grounded(Oracle.WORLD.scene(chain.index() + 1)));
    }

    @Test
    void itAsksForNothingFromElsewhere() throws IOException {
        String html = DemoReport.html("</script><b>t</b>", scenes());
        String own = html.replace("http://www.w3.org/2000/svg", "");
        assertFalse(own.contains("http:") || own.contains("https:") || own.contains("url(") || own.contains("@import"));
        assertFalse(own.matches("(?s).*<[^>]+ (src|href)=.*"));
        assertFalse(html.contains("<b>t"));
        assertEquals(html, DemoReport.html("</script><b>t</b>", scenes()));
        assertFalse(html.contains("/* data */") || html.contains("/* style */") || html.contains("/* script */"));
    }

    @Test
    void wordsAndBoxesLightEachOther() throws IOException {
        assumeTrue(
                Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER),
                "no " + CHROMIUM + " with " + DRIVER + ": the report is not pointed at");
        Path report = Files.writeString(folder.resolve("report.html"), DemoReport.html("two scenes", scenes()));
        ChromeOptions options = new ChromeOptions().setBinary(CHROMIUM.toFile());
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--window-size=1200,900",
                "--user-data-dir=" + folder.resolve("profile"));
        ChromeDriver browser = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .build(),
                options);
        try {
            browser.get(report.toUri().toString());
            point(browser);
        } finally {
            browser.quit();
        }
    }

    private static void point(ChromeDriver browser) throws IOException {
        GroundedScene first = scenes().get(0);
        assertEquals(2, browser.findElements(By.cssSelector(".scene img")).size());
        int kinds = KindScores.of(scenes()).size();
        assertEquals(kinds, browser.findElements(By.cssSelector("#scores tr")).size());
        WebElement scene = browser.findElement(By.cssSelector(".scene"));
        List<WebElement> captions = scene.findElements(By.cssSelector(".caption"));
        assertEquals(first.captions().size(), captions.size());
        int at = 0;
        while (first.captions().get(at).caption().kind() != CaptionKind.CHAIN) {
            at++;
        }
        GroundedCaption chain = first.captions().get(at);
        assertTrue(
                captions.get(at).getText().endsWith(chain.caption().text()),
                captions.get(at).getText());
        WebElement word = captions.get(at).findElements(By.cssSelector(".word")).get(0);
        new Actions(browser).moveToElement(word).perform();
        assertEquals(captions.get(at), scene.findElement(By.cssSelector(".caption.active")));
        String words = word.getText();
        assertEquals(List.of(words + " 0.90, right", "truth: " + words), labels(scene, ".box.lit"));
        assertEquals(2 * chain.shown().size(), labels(scene, ".box").size());
        assertEquals(List.of(words), texts(scene, ".caption.active .word.lit"));
        String shot = System.getProperty("mdetr.screenshot"); // for the documents
        if (shot != null) {
            Files.write(Path.of(shot), browser.getScreenshotAs(OutputType.BYTES));
        }
        for (WebElement box : scene.findElements(By.cssSelector(".box.predicted"))) {
            box.sendKeys(""); // focus: another box may lie over its middle
            String label = String.valueOf(box.getAttribute("aria-label"));
            List<String> lit = texts(scene, ".caption.active .word.lit");
            assertEquals(1, lit.size());
            assertTrue(label.startsWith(lit.get(0)), label + " lights " + lit);
        }
        browser.findElement(By.id("truth")).click();
        assertFalse(scene.findElement(By.cssSelector(".box.true")).isDisplayed());
        assertTrue(browser.manage().logs().get(LogType.BROWSER).getAll().isEmpty());
    }

    private static List<String> labels(WebElement scene, String selector) {
        return scene.findElements(By.cssSelector(selector)).stream()
                .map(b -> String.valueOf(b.getAttribute("aria-label")))
                .toList();
    }

    private static List<String> texts(WebElement scene, String selector) {
        return scene.findElements(By.cssSelector(selector)).stream()
                .map(WebElement::getText)
                .toList();
    }
}
