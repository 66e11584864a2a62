package io.github.mdetr.examples.server;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** A picture to send: two squares, as PNG. */
final class Picture {
    private Picture() {}

    static byte[] png(int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setColor(new Color(230, 232, 235));
        g.fillRect(0, 0, width, height);
        g.setColor(new Color(200, 60, 50));
        g.fillRect(width / 10, height / 4, width / 4, width / 4);
        g.setColor(new Color(40, 90, 200));
        g.fillRect(width * 6 / 10, height / 2, width / 4, width / 4);
        g.dispose();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }
}
