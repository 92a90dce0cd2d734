"""Fixtures' files made for tests: GDTF archives and Open Fixture Library tables, small and by hand."""

import io
import json
import zipfile

PAR = """<?xml version="1.0" encoding="UTF-8"?>
<GDTF DataVersion="1.2">
  <FixtureType Name="Par" LongName="Par of the tests" Manufacturer="OpenStage">
    <PhysicalDescriptions><Emitters>
      <Emitter Name="Deep red" Color="0.7,0.29,20">
        <Measurement Physical="100" LuminousIntensity="1">
          <MeasurementPoint WaveLength="640" Energy="0.5"/>
          <MeasurementPoint WaveLength="620" Energy="0.1"/>
          <MeasurementPoint WaveLength="630" Energy="1.0"/>
        </Measurement>
      </Emitter>
    </Emitters></PhysicalDescriptions>
    <Geometries>
      <Geometry Name="Body">
        <GeometryReference Name="First" Geometry="Pixel"><Break DMXOffset="4" DMXBreak="1"/></GeometryReference>
        <GeometryReference Name="Second" Geometry="Pixel"><Break DMXOffset="6" DMXBreak="1"/></GeometryReference>
      </Geometry>
      <Geometry Name="Pixel"/>
    </Geometries>
    <DMXModes><DMXMode Name="Two pixels" Geometry="Body"><DMXChannels>
      <DMXChannel DMXBreak="1" Offset="1,2" Geometry="Body"><LogicalChannel Attribute="Dimmer">
        <ChannelFunction Name="Dimmer" Attribute="Dimmer" DMXFrom="0/2" Default="0/2"/>
      </LogicalChannel></DMXChannel>
      <DMXChannel DMXBreak="1" Offset="3" Geometry="Body"><LogicalChannel Attribute="Shutter1">
        <ChannelFunction Name="Closed" Attribute="Shutter1" DMXFrom="0/1" Default="0/1"/>
        <ChannelFunction Name="Open" Attribute="Shutter1" DMXFrom="255/1" Default="255/1"/>
      </LogicalChannel></DMXChannel>
      <DMXChannel DMXBreak="Overwrite" Offset="1" Geometry="Pixel"><LogicalChannel Attribute="ColorAdd_R">
        <ChannelFunction Name="Red" Attribute="ColorAdd_R" DMXFrom="0/1" Default="0/1" Emitter="Deep red"/>
      </LogicalChannel></DMXChannel>
      <DMXChannel DMXBreak="Overwrite" Offset="2" Geometry="Pixel"><LogicalChannel Attribute="ColorAdd_WW">
        <ChannelFunction Name="White" Attribute="ColorAdd_WW" DMXFrom="0/1" Default="0/1"/>
      </LogicalChannel></DMXChannel>
    </DMXChannels></DMXMode></DMXModes>
  </FixtureType>
</GDTF>
"""
"""A fixture of two pixels with an emitter of known spectrum, and one that only a channel names."""


def gdtf(description=PAR, packing=zipfile.ZIP_DEFLATED, **others):
    """A GDTF file with this description, and with other files by name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as archive:
        archive.writestr("description.xml", description)
        for name, text in others.items():
            archive.writestr(name, text)
    return content.getvalue()


BAR = {
    "name": "Bar of the tests",
    "matrix": {"pixelCount": [3, 1, 1]},
    "availableChannels": {
        "Master": {"fineChannelAliases": ["Master fine"], "capability": {"type": "Intensity"}},
        "Strobe": {
            "capabilities": [
                {"dmxRange": [0, 9], "type": "ShutterStrobe", "shutterEffect": "Closed"},
                {"dmxRange": [10, 19], "type": "ShutterStrobe", "shutterEffect": "Open"},
                {"dmxRange": [20, 255], "type": "ShutterStrobe", "shutterEffect": "Strobe"},
            ]
        },
        "White": {
            "capability": {"type": "ColorTemperature", "colorTemperatureStart": "2700K", "colorTemperatureEnd": "6500K"}
        },
        "Wheel": {"defaultValue": "50%", "capability": {"type": "WheelSlot"}},
    },
    "templateChannels": {
        "Red $pixelKey": {"capability": {"type": "ColorIntensity", "color": "Red"}},
        "Warm $pixelKey": {
            "fineChannelAliases": ["Warm $pixelKey fine"],
            "capability": {"type": "ColorIntensity", "color": "Warm White"},
        },
    },
    "modes": [
        {
            "name": "by pixel",
            "channels": [
                "Master",
                "Master fine",
                "Strobe",
                None,
                {
                    "insert": "matrixChannels",
                    "repeatFor": "eachPixelXYZ",
                    "channelOrder": "perPixel",
                    "templateChannels": ["Red $pixelKey", "Warm $pixelKey", "Warm $pixelKey fine"],
                },
            ],
        },
        {"name": "whole", "channels": ["White", "Wheel", "Red 2"]},
    ],
}
"""A bar of three pixels, and what else a library's file may have."""


def library(table=None):
    """A file of the Open Fixture Library."""
    return json.dumps(BAR if table is None else table).encode()
