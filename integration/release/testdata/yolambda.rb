# Written by integration/release for each release.
class Yolambda < Formula
  desc "Object detection on AWS Lambda, and on this machine"
  homepage "https://github.com/yolambda/yolambda"
  version "1.2.3"
  license "Apache-2.0"

  on_macos do
    depends_on arch: :arm64
    url "https://github.com/yolambda/yolambda/releases/download/v1.2.3/yolambda-v1.2.3-darwin-arm64.tar.gz"
    sha256 "1a349b12b50ad5b43740e0952adc33c7805ce06f091074be977624d09ed9d432"
  end

  on_linux do
    on_arm do
      url "https://github.com/yolambda/yolambda/releases/download/v1.2.3/yolambda-v1.2.3-linux-arm64.tar.gz"
      sha256 "17d46d4991b2edd5e445342a72ba0cb7cf09e4849b5e98c16408ce11e05c7388"
    end
    on_intel do
      url "https://github.com/yolambda/yolambda/releases/download/v1.2.3/yolambda-v1.2.3-linux-amd64.tar.gz"
      sha256 "abb35c616421af72198ad7c2aeeef38516f08f6a7afb2a728cf0068a8a712ddc"
    end
  end

  # The command looks for the function beside itself, whatever link it was called by.
  def install
    libexec.install "bin", "lib"
    prefix.install "LICENSE", "licences"
    bin.install_symlink libexec/"bin/yolambda"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/yolambda version")
  end
end
