import { describe, expect, it } from 'vitest';
import { type Options, refusals, warnings } from '../../../support/compose/memory-project.ts';

const TWO: Options = { composeFiles: ['compose.yaml', 'other.yaml'] };

describe('a project', () => {
  it('with build beside an image is planned with a warning, without an image refused', () => {
    expect(warnings('services: {web: {image: a, build: .}}').join()).toContain(
      'services.web.build: Nothing is built here: the image must exist already.',
    );
    expect(refusals('services: {web: {build: .}}')).toHaveLength(1);
  });

  it('that publishes a port twice is refused', () => {
    const text = 'services:\n  web:\n    image: a\n    ports: ["80:80"]\n  api:\n    image: b\n    ports: ["80:81"]';
    expect(refusals(text)).toEqual([
      expect.stringMatching(/^compose.yaml:7 services.api.ports: The port 80\/tcp is published by "web" too./),
    ]);
    expect(refusals(text.replace('80:81', '80:81/udp'))).toEqual([]);
  });

  it('without any service to run is refused', () => {
    expect(refusals('services: {}')[0]).toContain('There is no service to run.');
    expect(refusals('services: {web: {image: a, profiles: [x]}}')[0]).toContain('There is no service to run.');
  });

  it('whose file is missing is refused', () => {
    expect(refusals({}, TWO)).toEqual(
      [
        'compose.yaml This file does not exist. Create it or correct the path.',
        'other.yaml This file does not exist. Create it or correct the path.',
      ].map((line) => line.replace(' This', ' : This')),
    );
  });

  it('with a service name that the engine would not take is refused', () => {
    expect(refusals('services: {a.b: {image: a}}')[0]).toContain('services.a.b: A Swarm service has letters');
    expect(refusals(`services: {${'s'.repeat(60)}: {image: a}}`)[0]).toContain('is longer than 63 characters');
  });

  it('tells of keys that change nothing', () => {
    expect(warnings('version: "3"\nname: x\nservices: {web: {image: a, expose: [80]}}')).toEqual([
      'compose.yaml:1 version: It has no meaning any more. You may remove it.',
      'compose.yaml:2 name: The stack is named after the app and the environment. You may remove it.',
      'compose.yaml:3 services.web.expose: Services on one network reach each other on every port, so it has no effect. You may remove it.',
    ]);
  });
});
